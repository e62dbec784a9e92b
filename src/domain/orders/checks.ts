import type { CommandContext } from '../kernel/decider.ts';
import { DomainError } from '../kernel/errors.ts';
import { assertWithinMaximum, parsePercentage } from '../kernel/money.ts';
import { MAX_ID_LENGTH, MAX_NAME_LENGTH, MAX_NOTE_LENGTH } from '../kernel/schema.ts';
import type { Totals } from './events.ts';
import type { OpenOrder, Order } from './state.ts';
import { isClosed } from './transitions.ts';

/** The error of a malformed command. It is not a decision about the order. */
export function invalid(field: string, expected: string, found: unknown): DomainError {
  return new DomainError(
    'invalid_request',
    `expected ${field} to be ${expected}, found ${JSON.stringify(found) ?? 'none'}`,
    { field, found },
  );
}

const LENGTHS = { id: MAX_ID_LENGTH, name: MAX_NAME_LENGTH, text: MAX_NOTE_LENGTH } as const;

/** @throws DomainError invalid_request for a blank or too long text; it may be absent. */
export function assertText(
  text: string | undefined,
  field: string,
  kind: keyof typeof LENGTHS = 'text',
): void {
  if (text === undefined || (text.trim() !== '' && text.length <= LENGTHS[kind])) return;
  throw invalid(field, `1 to ${LENGTHS[kind]} characters, not blank`, text.slice(0, 50));
}

/** As `assertText`, but a note may be empty. */
export function assertNote(text: string | undefined, field: string): void {
  if (text !== undefined && text.length > MAX_NOTE_LENGTH) {
    throw invalid(field, `at most ${MAX_NOTE_LENGTH} characters`, text.slice(0, 50));
  }
}

/** @throws DomainError invalid_request unless it is written `YYYY-MM-DD`. */
export function assertDay(day: string | undefined, field: string): void {
  if (day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(day)) {
    throw invalid(field, 'a day YYYY-MM-DD', day);
  }
}

/** @throws DomainError invalid_request unless it is a time of RFC 3339. */
export function assertInstant(instant: string | undefined, field: string): void {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
  if (instant !== undefined && !form.test(instant)) {
    throw invalid(field, 'a time of RFC 3339', instant);
  }
}

/** @throws DomainError invalid_request for more items than are allowed. */
export function assertAtMost(items: readonly unknown[], maximum: number, field: string): void {
  if (items.length <= maximum) return;
  throw invalid(field, `at most ${maximum} items`, items.length);
}

/**
 * Checks an amount of a request.
 * @throws DomainError amount_out_of_range unless it is an integer from `minimum` to
 *   MAX_AMOUNT_MINOR.
 */
export function assertMinimum(amountMinor: number, minimum: number, field: string): void {
  assertWithinMaximum(amountMinor, field);
  if (amountMinor >= minimum) return;
  throw new DomainError(
    'amount_out_of_range',
    `expected ${field} of at least ${minimum}, found ${amountMinor}`,
    { field, minimum, found: amountMinor },
  );
}

/** @throws DomainError amount_out_of_range for a sum beyond MAX_AMOUNT_MINOR, naming it. */
export function assertTotals(totals: Totals): void {
  for (const [field, amountMinor] of Object.entries(totals)) {
    assertWithinMaximum(amountMinor, `totals.${field}`);
  }
}

/** @throws DomainError currency_mismatch. */
export function assertCurrency(currency: string, order: Order): void {
  if (currency === order.currency) return;
  throw new DomainError(
    'currency_mismatch',
    `expected currency ${order.currency}, found ${currency}`,
    { expected: order.currency, found: currency },
  );
}

/** @throws DomainError order_closed when it was cancelled or refunded: both are final. */
export function assertOpen(order: Order): asserts order is OpenOrder {
  if (!isClosed(order.status)) return;
  throw new DomainError('order_closed', `order ${order.orderId} is ${order.status}`, {
    orderId: order.orderId,
    status: order.status,
  });
}

/** The error of a discount, tax or charge that cannot be applied. */
export function invalidAdjustment(
  id: string,
  expected: string,
  details: Readonly<Record<string, unknown>> = {},
): DomainError {
  return new DomainError('invalid_adjustment', `expected ${id} to ${expected}`, {
    id,
    ...details,
  });
}

/**
 * A percentage as a scaled integer over PERCENTAGE_DENOMINATOR.
 * @throws DomainError invalid_adjustment, naming the adjustment.
 */
export function rateOf(id: string, percentage: string, maximum: number): bigint {
  const rate = parsePercentage(percentage, maximum);
  if (rate !== undefined) return rate;
  throw invalidAdjustment(id, `have a percentage of 0 to ${maximum} with up to 7 decimals`, {
    found: percentage,
  });
}

/** Fields common to all money events of an order. */
export function commonData(order: Order, { businessDay }: CommandContext) {
  const { orderId, currency, placedOn } = order;
  return { orderId, businessDay, currency, placedOn };
}
