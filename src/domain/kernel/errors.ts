import { CHECKOUT_ERRORS } from './checkout-errors.ts';
import { DELIVERY_ERRORS } from './delivery-errors.ts';
import { type ErrorKind, type ErrorRow, RETRY, row } from './error-row.ts';
import { FISCAL_ERRORS } from './fiscal-errors.ts';
import { IDENTITY_ERRORS } from './identity-errors.ts';
import { INTEGRATION_ERRORS } from './integration-errors.ts';
import { MONEY_ERRORS } from './money-errors.ts';
import { SYNC_ERRORS } from './sync-errors.ts';
import { SYSTEM_ERRORS } from './system-errors.ts';
import { WEBHOOK_ERRORS } from './webhook-errors.ts';

export type { ErrorKind } from './error-row.ts';

/**
 * The only table of errors. The problem details, the OpenAPI document and docs/reference/errors.md
 * are made from it.
 *
 * The API maps the `kind` to a status. Only `refused` is a business decision, which is recorded and
 * final. `retryable`: the same request may succeed later.
 */
export const ERRORS = {
  // requests
  malformed_json: row(
    'malformed',
    'The body is not valid JSON',
    'Send JSON. `detail` names the place of the syntax error.',
  ),
  invalid_request: row(
    'malformed',
    'The request does not have the expected form',
    '`errors` lists what was expected where, 20 findings at most. Nothing was changed.',
  ),
  idempotency_key_missing: row(
    'malformed',
    'A write needs an Idempotency-Key',
    'Send an `Idempotency-Key`: a new one for each write, the same one for its repeats.',
  ),
  unsupported_media_type: row(
    'unsupported',
    'The body must be application/json',
    'Send `Content-Type: application/json`.',
  ),
  body_too_large: row(
    'too-large',
    'The body exceeds the size limit',
    'The limit is 1 MiB, 4 MiB for an import. Send less at a time.',
  ),
  unauthenticated: row(
    'unauthenticated',
    'A valid API key is required',
    'Send `Authorization: Bearer <key>` with a key of the shops file.',
  ),
  forbidden: row(
    'forbidden',
    'The caller does not have the permission',
    'Use a key or user with a permitted role in the branch; `detail` names the roles.',
  ),
  not_found: row('unknown', 'Resource not found', 'This shop has nothing at that address.'),
  method_not_allowed: row(
    'unknown',
    'Method not allowed',
    'The address takes other methods, listed in `Allow`; see the [API](api.md).',
  ),
  precondition_failed: row(
    'precondition',
    'The resource has changed since it was read',
    'Another client changed it after you read it. Read it again, decide again, and send the new `ETag`.',
  ),
  idempotency_key_reused: row(
    'key-reused',
    'The Idempotency-Key was used with another body',
    'The fields in `details.fields` differ from the first request. A different command needs a new key.',
  ),
  command_in_flight: row(
    'conflict',
    'The same command is still running',
    'A request with the same key is running. Wait and repeat it to get the result.',
    RETRY,
  ),
  too_many_requests: row(
    'throttled',
    'Too many requests',
    'The shop, the user or the address has sent too many. Wait as `Retry-After` says; `details` names the limiter.',
    RETRY,
  ),
  deadline_exceeded: row(
    'timeout',
    'The request took longer than its limit',
    'A write may have been carried out: repeat it with the same key to get its result. Ask a query for less at a time.',
    RETRY,
  ),
  not_caught_up: row(
    'too-early',
    'The read model has not reached that position yet',
    'Repeat the query, or send it without a position. See [read your own writes](../how-to/read-your-own-writes.md).',
    RETRY,
  ),
  overloaded: row(
    'unavailable',
    'The server is at its limit',
    'The server has as many requests as it accepts. Wait as `Retry-After` says, then repeat with the same key.',
    RETRY,
  ),
  stream_full: row(
    'conflict',
    'The resource has reached its maximum number of events',
    'It accepts no more changes, and can still be read. Continue with a new one.',
  ),
  keys_from_settings: row(
    'conflict',
    'The master keys come from the settings',
    'Add a key to `ENCRYPTION_KEYS` and name it in `CURRENT_KEY_ID`, then restart each instance.',
  ),
  contention: row(
    'conflict',
    'Too many concurrent changes to one resource',
    'Other requests kept changing the same resource. Repeat with the same key.',
    RETRY,
  ),
  store_unavailable: row(
    'unavailable',
    'Storage is not available',
    'A command was certainly not stored: repeat it with the same key. Repeat a query as it is. Operators: see [storage down](../operating/store-down.md) and [disk full](../operating/disk-full.md).',
    RETRY,
  ),
  outcome_unknown: row(
    'unavailable',
    'It is not known yet whether the command was stored',
    'The command may have been stored. Repeat it with the same key, and send no other in its place, until you get a result.',
    RETRY,
  ),
  shutting_down: row(
    'unavailable',
    'The server is stopping',
    'Repeat with the same key in a moment.',
    RETRY,
  ),
  internal: row(
    'internal',
    'Internal error',
    'A bug. Repeat with the same key, and report the `requestId`: the log has the details.',
    RETRY,
  ),
  unreadable_event: row(
    'unreadable',
    'The entity has an event that this version cannot read',
    '`details` names the event. Run the version that wrote it, or skip the event for the read models.',
  ),
  ...SYSTEM_ERRORS,
  projection_elsewhere: row(
    'conflict',
    'Another instance runs this read model',
    'Send the operation to the instance that runs it: its log and its `GET /projections` show it.',
    RETRY,
  ),
  projection_not_building: row(
    'conflict',
    'The read model is not being rebuilt',
    'The rebuild has ended or was never started. See `GET /projections`.',
  ),
  projection_not_paused: row(
    'conflict',
    'The read model is not paused',
    'It is running already. See `GET /projections`.',
  ),
  projection_not_blocked: row(
    'conflict',
    'The read model is not blocked at that event',
    'It is not blocked, or blocked at another event. See `GET /projections`.',
  ),
  // money
  unknown_currency: row('malformed', 'Unknown currency', 'Use an ISO 4217 code.'),
  currency_mismatch: row(
    'refused',
    'The currencies differ',
    'Use the currency of the order or account.',
  ),
  amount_out_of_range: row(
    'refused',
    'An amount is out of range',
    'Amounts and sums are whole numbers within ±(2^53 − 1).',
  ),
  // orders
  order_not_found: row('unknown', 'Order not found', 'This shop has no order with that id.'),
  order_exists: row('refused', 'The order exists already', 'Another order has that id.'),
  illegal_transition: row(
    'refused',
    'The order cannot change to that status',
    '`details` has its present status. Read the order.',
  ),
  order_closed: row(
    'refused',
    'Order is closed',
    'It is cancelled or refunded. Place another order.',
  ),
  line_not_found: row('unknown', 'Order line not found', 'Read the lines of the order.'),
  duplicate_line: row('refused', 'Two lines have the same id', 'Give each line its own `lineId`.'),
  invalid_adjustment: row(
    'refused',
    'A discount, tax or charge cannot be applied',
    'Send a percentage or an amount, not both, and name only existing lines.',
  ),
  total_mismatch: row(
    'refused',
    'The parts do not add up to the total',
    'Send parts that add up to the total.',
  ),
  order_fully_paid: row('refused', 'The order is fully paid', 'Nothing is due.'),
  changed_here_too: row(
    'refused',
    'The order was changed here and at its provider',
    'Compare the order here with the one at its provider, and enter by hand what is missing.',
  ),
  payment_exceeds_due: row(
    'refused',
    'The payment exceeds the amount due',
    'Take at most the amount due; the rest is a tip or change.',
  ),
  tendered_too_little: row(
    'refused',
    'The cash handed over does not cover the payment',
    'The amount handed over must cover the payment and its tip.',
  ),
  refund_exceeds_remaining: row(
    'refused',
    'The refund exceeds the refundable amount',
    'Refund at most what remains of the line or the order.',
  ),
  refund_exceeds_tender: row(
    'refused',
    'The refund exceeds what was paid by that method',
    'Refund by cash or card at most what was paid that way; the rest goes to an account.',
  ),
  tip_not_adjustable: row(
    'refused',
    'The tip of this payment cannot be changed',
    'The tip of an imported order comes from its provider. Refund a part of what a payment provider charged, or take another payment.',
  ),
  tip_below_refunded: row(
    'refused',
    'A part of the tip was refunded',
    'Send at least `details.minimum`.',
  ),
  line_already_paid: row('refused', 'The line is paid and cannot be changed', 'Refund it instead.'),
  // catalogue
  product_not_found: row('unknown', 'Product not found', 'This shop has no product with that id.'),
  product_exists: row('refused', 'The product exists already', 'Another product has that id.'),
  product_deleted: row('refused', 'The product is deleted', 'Restore it first.'),
  product_not_deleted: row('refused', 'The product is not deleted', 'There is nothing to restore.'),
  product_unavailable: row(
    'refused',
    'The product is not for sale',
    'It is deleted or not active. Sell another one; a manager can restore or activate it.',
  ),
  sku_taken: row(
    'refused',
    'Another product has that sku',
    '`details.productId` is the product that has it. A deleted product keeps its sku.',
  ),
  price_differs: row(
    'refused',
    'The price is not that of the catalogue',
    'Leave out the price, or send `details.expected`. Callers with `orders:override-price` may sell at another price.',
  ),
  modifier_not_found: row(
    'refused',
    'The product has no such option',
    'Read the options of the product. A free modifier has no `modifierId`.',
  ),
  modifier_rule_broken: row(
    'refused',
    'Too few or too many options of a group',
    'Choose `details.min` to `details.max` options of that group.',
  ),
  category_not_found: row(
    'unknown',
    'Category not found',
    'This shop has no category with that id.',
  ),
  category_exists: row('refused', 'The category exists already', 'Another category has that id.'),
  category_deleted: row('refused', 'The category is deleted', 'Restore it first.'),
  category_not_deleted: row(
    'refused',
    'The category is not deleted',
    'There is nothing to restore.',
  ),
  category_too_deep: row(
    'refused',
    'A subcategory has no subcategories',
    'Name a category that is itself no subcategory as `parentId`.',
  ),
  cascade_too_large: row(
    'refused',
    'Too much would be deleted at once',
    'Delete subcategories, or move products to another category, first.',
  ),
  // stock
  stock_not_found: row('unknown', 'Stock not found', 'No goods of that product have come in yet.'),
  stock_not_kept: row(
    'refused',
    'No stock is kept of the product',
    'Its stock policy is `none`. Change the product to keep stock.',
  ),
  insufficient_stock: row(
    'refused',
    'Not enough units are available',
    '`details.available` is what can be reserved or taken away. Replenish, or send less with a new key.',
  ),
  fractional_quantity: row(
    'refused',
    'Stock is kept in whole units',
    'Order whole units of products with stock-keeping.',
  ),
  reservation_not_found: row(
    'unknown',
    'Reservation not found',
    'The stock of that product and place has no reservation with that id.',
  ),
  reservation_exists: row(
    'refused',
    'The reservation exists already',
    'Use another `reservationId` for each reservation.',
  ),
  reservation_ended: row(
    'refused',
    'The reservation has ended',
    '`details.outcome` is how. One whose time was over is released: reserve again.',
  ),
  reservation_not_expired: row(
    'too-early',
    'The reservation still holds',
    'It can be released by its time limit only after `details.expiresAt`.',
    RETRY,
  ),
  too_many_reservations: row(
    'refused',
    'Too many reservations of one product in one place',
    'Confirm or release some of them; others end by their time limit.',
  ),
  transfer_to_itself: row(
    'malformed',
    'A transfer needs two places',
    'Name another place as `toLocationId`.',
  ),
  // accounts
  account_not_found: row(
    'unknown',
    'Customer account not found',
    'This shop has no account with that id.',
  ),
  customer_erased: row(
    'refused',
    'The personal data of the customer was erased',
    'The account keeps its debts and credit. Open a new account for a contact.',
  ),
  account_exists: row(
    'refused',
    'The customer account exists already',
    'Another account has that id.',
  ),
  alert_not_found: row(
    'unknown',
    'There is no such alert',
    '`GET /alerts` lists those of the shop, `GET /alerts/system` those of the installation.',
  ),
  alert_not_open: row(
    'refused',
    'The alert is resolved already',
    'Nothing is left to do: it is raised again if its condition comes back.',
  ),
  debt_not_found: row('unknown', 'Debt not found', 'Read the open debts of the account.'),
  debt_exists: row('refused', 'The debt exists already', 'Another debt has that id.'),
  debt_settled: row('refused', 'The debt is settled', 'Nothing is owed on it.'),
  credit_limit_exceeded: row(
    'refused',
    'The credit limit would be exceeded',
    '`details.availableMinor` is what may still be charged. A manager can change the limit; then use a new key.',
  ),
  overdue_block: row(
    'refused',
    'Overdue debts block new ones',
    'The customer pays the overdue debts first.',
  ),
  allocation_mismatch: row(
    'refused',
    'The allocations do not add up to the payment',
    'Allocate at most the payment.',
  ),
  allocation_exceeds_debt: row(
    'refused',
    'An allocation exceeds the debt',
    'Allocate at most what is owed on the debt.',
  ),
  payout_exceeds_refundable: row(
    'refused',
    'Cash payout exceeds the refundable amount',
    'Only credit that came in as cash can be paid out in cash.',
  ),
  write_off_exceeds_debt: row(
    'refused',
    'The write-off exceeds the debt',
    'Write off at most what is owed.',
  ),
  approval_required: row(
    'refused',
    'A reason or an approver is missing',
    'Send the reason, or the name of the person who approved it.',
  ),
  // users
  ...IDENTITY_ERRORS,
  ...MONEY_ERRORS,
  ...DELIVERY_ERRORS,
  ...WEBHOOK_ERRORS,
  ...CHECKOUT_ERRORS,
  ...INTEGRATION_ERRORS,
  ...SYNC_ERRORS,
  ...FISCAL_ERRORS,
  // notifications
  template_invalid: row(
    'malformed',
    'The template cannot be used',
    '`detail` names the place, or the variable that is unknown or missing.',
  ),
  opt_out_link_invalid: row(
    'unknown',
    'The link is not valid',
    'It was cut off, or made by another installation. The shop can change the preferences.',
  ),
  delivery_report_invalid: row(
    'forbidden',
    'The report is not signed by the provider',
    'Sign it with the secret of `DELIVERY_REPORT_SECRET`, at most five minutes before it is sent.',
  ),
  // engine
  batch_too_large: row('refused', 'The events of one command exceed 1 MiB', 'Split the command.'),
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

/** Another caller was faster, or holds what is needed. */
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
 * Positions hold bigints, which JSON cannot: the report of a broken invariant must not fail.
 */
function asText(found: ErrorDetails): string {
  return JSON.stringify(found, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}
