import { omitUndefined } from '../../lib/omit-undefined.ts';
import { DomainError } from '../kernel/errors.ts';
import { isCurrency } from '../kernel/money.ts';
import { formatQuantity, parseQuantity } from '../kernel/quantity.ts';
import type { PricedLineInput } from './catalogue-lines.ts';
import {
  assertAtMost,
  assertMinimum,
  assertNote,
  assertText,
  invalid,
  invalidAdjustment,
  rateOf,
} from './checks.ts';
import type { OrderDescription } from './commands.ts';
import { MAX_ADJUSTMENTS, MAX_LINES, MAX_MODIFIERS, PRIORITIES, type Priority } from './events.ts';
import type { LinePricingInput } from './pricing/pricing.ts';

/** @throws DomainError unknown_currency. */
export function assertKnownCurrency(currency: string): void {
  if (isCurrency(currency)) return;
  throw new DomainError('unknown_currency', `expected an ISO 4217 code, found ${currency}`, {
    found: currency,
  });
}

/**
 * What describes an order beside its prices, checked.
 * @throws DomainError invalid_request.
 */
export function describeOrder(data: OrderDescription): OrderDescription & { priority: Priority } {
  const { customerId, channel, tableId, note, priority = 'medium' } = data;
  assertText(customerId, 'customerId', 'id');
  assertText(channel, 'channel', 'name');
  assertText(tableId, 'tableId', 'id');
  assertNote(note, 'note');
  if (!PRIORITIES.includes(priority)) throw invalid('priority', PRIORITIES.join(', '), priority);
  return { ...omitUndefined({ customerId, channel, tableId, note }), priority };
}

/** @throws DomainError invalid_request for none or more than MAX_LINES. */
export function assertLineCount(lines: readonly unknown[]): void {
  if (lines.length === 0) throw invalid('lines', 'at least one line', lines.length);
  assertAtMost(lines, MAX_LINES, 'lines');
}

/** @throws DomainError duplicate_line. */
export function assertUniqueLines(lineIds: readonly string[]): void {
  const seen = new Set<string>();
  for (const lineId of lineIds) {
    if (seen.has(lineId)) {
      throw new DomainError('duplicate_line', `expected each line once, found ${lineId} twice`, {
        lineId,
      });
    }
    seen.add(lineId);
  }
}

/**
 * The lines as they are priced: with ids, canonical quantities and known fields only.
 * @throws DomainError invalid_request, duplicate_line, amount_out_of_range.
 */
export function lineInputs(lines: readonly PricedLineInput[]): LinePricingInput[] {
  assertLineCount(lines);
  assertUniqueLines(lines.flatMap(({ lineId }) => lineId ?? []));
  const taken = new Set(lines.flatMap(({ lineId }) => lineId ?? []));
  return lines.map((line, place) => {
    const lineId = line.lineId ?? freeId(place + 1, taken);
    taken.add(lineId);
    return oneLine(line, lineId, `lines[${place}]`);
  });
}

/** `line-<place>`, or the next number that no line has. */
function freeId(place: number, taken: ReadonlySet<string>): string {
  let number = place;
  while (taken.has(`line-${number}`)) number++;
  return `line-${number}`;
}

function oneLine(line: PricedLineInput, lineId: string, field: string): LinePricingInput {
  const { productId, name, variation, unitPriceMinor, listPriceMinor, modifiers = [], note } = line;
  assertText(lineId, `${field}.lineId`, 'id');
  assertText(productId, `${field}.productId`, 'id');
  assertText(name, `${field}.name`, 'name');
  assertText(variation, `${field}.variation`, 'name');
  assertNote(note, `${field}.note`);
  assertMinimum(unitPriceMinor, 0, `${field}.unitPriceMinor`);
  assertAtMost(modifiers, MAX_MODIFIERS, `${field}.modifiers`);
  return {
    lineId,
    name,
    quantity: formatQuantity(parseQuantity(line.quantity, `${field}.quantity`)),
    unitPriceMinor,
    modifiers: modifiers.map((modifier, i) => modifierInput(modifier, `${field}.modifiers[${i}]`)),
    ...omitUndefined({ productId, variation, listPriceMinor, note }),
  };
}

function modifierInput(
  {
    modifierId,
    name,
    quantity = 1,
    unitPriceMinor,
  }: NonNullable<PricedLineInput['modifiers']>[number],
  field: string,
): LinePricingInput['modifiers'][number] {
  assertText(modifierId, `${field}.modifierId`, 'id');
  assertText(name, `${field}.name`, 'name');
  assertMinimum(quantity, 1, `${field}.quantity`);
  assertMinimum(unitPriceMinor, 0, `${field}.unitPriceMinor`);
  return { name, quantity, unitPriceMinor, ...omitUndefined({ modifierId }) };
}

/** A discount, a tax or a service charge. */
export interface Adjustment {
  readonly id: string;
  readonly name: string;
  readonly percentage?: string | undefined;
  readonly amountMinor?: number | undefined;
  readonly lineIds?: readonly string[] | undefined;
}

/**
 * Checks the adjustments of one kind: each id once, percentages and amounts in range, and lines
 * that exist.
 * @throws DomainError invalid_adjustment, invalid_request, amount_out_of_range.
 */
export function assertAdjustments(
  field: 'discounts' | 'taxes' | 'serviceCharges',
  adjustments: readonly Adjustment[],
  maxPercentage: number,
  lineIds: readonly string[],
): void {
  assertAtMost(adjustments, MAX_ADJUSTMENTS, field);
  const known = new Set(lineIds);
  const seen = new Set<string>();
  for (const { id, name, percentage, amountMinor, lineIds: scope } of adjustments) {
    assertText(id, `${field} id`, 'id');
    assertText(name, `${field} name`, 'name');
    if (seen.has(id)) throw invalidAdjustment(id, `be in ${field} once`);
    seen.add(id);
    if (percentage !== undefined) rateOf(id, percentage, maxPercentage);
    if (amountMinor !== undefined) assertMinimum(amountMinor, 0, `${field} amountMinor`);
    if (scope?.length === 0) throw invalidAdjustment(id, 'name lines, or have no lineIds');
    const missing = scope?.find((lineId) => !known.has(lineId));
    if (missing !== undefined) {
      throw invalidAdjustment(id, 'name lines of the order', { lineId: missing });
    }
  }
}

/**
 * @throws DomainError invalid_adjustment for one with both a percentage and an amount, or neither.
 */
export function assertPriceable(adjustments: readonly Adjustment[]): void {
  for (const { id, percentage, amountMinor } of adjustments) {
    if ((percentage === undefined) === (amountMinor === undefined)) {
      throw invalidAdjustment(id, 'have either a percentage or an amount');
    }
  }
}
