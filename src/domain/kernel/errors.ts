/**
 * The one table of what can go wrong.
 *
 * `kind` says what sort of answer it is (the API maps a kind to a status); only `refused` is a
 * business decision, which is recorded and stays. `retryable` tells a client whether the same
 * request may succeed later. Each code is documented in docs/reference/errors.md.
 */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'unknown'
  | 'conflict'
  | 'precondition'
  | 'too-large'
  | 'unsupported'
  | 'refused'
  | 'key-reused'
  | 'too-early'
  | 'throttled'
  /** Stored events that this code cannot read: no verdict on the command, and no retry helps. */
  | 'unreadable'
  | 'internal'
  | 'unavailable';

interface ErrorRow {
  readonly kind: ErrorKind;
  readonly title: string;
  readonly retryable: boolean;
}

const row = (kind: ErrorKind, title: string, retryable = false): ErrorRow => ({
  kind,
  title,
  retryable,
});

export const ERRORS = {
  // requests
  malformed_json: row('malformed', 'The body is not valid JSON'),
  invalid_request: row('malformed', 'The request does not have the expected form'),
  idempotency_key_missing: row('malformed', 'A write needs an Idempotency-Key'),
  unsupported_media_type: row('unsupported', 'The body must be application/json'),
  body_too_large: row('too-large', 'The body is larger than allowed'),
  unauthenticated: row('unauthenticated', 'A valid API key is needed'),
  forbidden: row('forbidden', 'This key may not do that'),
  not_found: row('unknown', 'There is no such resource'),
  method_not_allowed: row('unknown', 'There is no such operation'),
  precondition_failed: row('precondition', 'The resource has changed since it was read'),
  idempotency_key_reused: row('key-reused', 'The key was used before with another body'),
  command_in_flight: row('conflict', 'The same command is being carried out', true),
  too_many_requests: row('throttled', 'Too many requests', true),
  not_caught_up: row('too-early', 'The read model has not reached that position yet', true),
  overloaded: row('unavailable', 'The queue is full', true),
  contention: row('conflict', 'Too many concurrent changes to one resource', true),
  store_unavailable: row('unavailable', 'A store did not answer', true),
  outcome_unknown: row('unavailable', 'It is not known yet whether the command was stored', true),
  shutting_down: row('unavailable', 'The server is stopping', true),
  internal: row('internal', 'Something went wrong on our side', true),
  unreadable_event: row('unreadable', 'The entity has an event that this software cannot read'),
  projection_elsewhere: row('conflict', 'Another process runs this projection', true),
  projection_not_building: row('conflict', 'No rebuild of the projection is under way'),
  projection_not_paused: row('conflict', 'The projection is not paused'),
  projection_not_blocked: row('conflict', 'The projection is not blocked at that event'),
  // money
  unknown_currency: row('malformed', 'The currency is not known'),
  currency_mismatch: row('refused', 'The currencies differ'),
  amount_out_of_range: row('refused', 'An amount is outside what can be represented'),
  // orders
  order_not_found: row('unknown', 'There is no such order'),
  order_exists: row('refused', 'The order exists already'),
  illegal_transition: row('refused', 'The order cannot go to that status'),
  order_closed: row('refused', 'The order has ended'),
  line_not_found: row('unknown', 'The order has no such line'),
  duplicate_line: row('refused', 'Two lines have the same id'),
  invalid_adjustment: row('refused', 'A discount, tax or charge cannot be applied'),
  total_mismatch: row('refused', 'The totals given do not add up'),
  order_fully_paid: row('refused', 'Nothing is left to pay'),
  payment_exceeds_due: row('refused', 'The payment is more than what is due'),
  tendered_too_little: row('refused', 'Less was tendered than the payment takes'),
  refund_exceeds_remaining: row('refused', 'The refund is more than what remains'),
  refund_exceeds_tender: row('refused', 'More would go back that way than came in that way'),
  line_already_paid: row('refused', 'The line can no longer be changed; refund it instead'),
  // accounts
  account_not_found: row('unknown', 'There is no such customer account'),
  account_exists: row('refused', 'The customer account exists already'),
  debt_not_found: row('unknown', 'There is no such debt'),
  debt_exists: row('refused', 'The debt exists already'),
  debt_settled: row('refused', 'Nothing is owed on that debt'),
  credit_limit_exceeded: row('refused', 'The credit limit would be exceeded'),
  overdue_block: row('refused', 'The customer has overdue debts'),
  allocation_mismatch: row('refused', 'The allocations do not add up to the payment'),
  allocation_exceeds_debt: row('refused', 'An allocation is more than the debt'),
  payout_exceeds_refundable: row('refused', 'More cash would go out than may'),
  write_off_exceeds_debt: row('refused', 'The write-off is more than what is owed'),
  approval_required: row('refused', 'This needs an approval by name'),
  // engine
  batch_too_large: row('refused', 'The events of one command are larger than 1 MiB'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;
export type ErrorDetails = Readonly<Record<string, unknown>>;

export class TillstreamError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }

  get kind(): ErrorKind {
    return ERRORS[this.code].kind;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** A rule of the domain, or of the form of a request, says no. */
export class DomainError extends TillstreamError {}

/** Somebody else was faster, or holds what is needed. */
export class ConflictError extends TillstreamError {}

/** What was named does not exist for this caller. */
export class NotFoundError extends TillstreamError {}

/** A store or a provider did not do its part. */
export class UpstreamError extends TillstreamError {}

/** The program broke a promise to itself: a bug. It stops the processor that meets it. */
export class InvariantError extends TillstreamError {
  constructor(expectation: string, found: ErrorDetails = {}) {
    super('internal', `expected ${expectation}, found ${asText(found)}`, found);
  }
}

/**
 * Positions hold bigints, which JSON cannot: an invariant must not fail in telling what it found.
 */
function asText(found: ErrorDetails): string {
  return JSON.stringify(found, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}
