import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { unreachable } from '../kernel/invariant.ts';
import { addMinor, assertWithinMaximum } from '../kernel/money.ts';
import { formatQuantity, parseQuantity } from '../kernel/quantity.ts';
import { change } from '../kernel/tender.ts';
import {
  assertAtMost,
  assertDay,
  assertInstant,
  assertMinimum,
  assertNote,
  assertText,
  invalid,
} from './checks.ts';
import type { ImportedPayment, ImportOrder } from './commands.ts';
import {
  MAX_MODIFIERS,
  NO_TOTALS,
  type OrderEvent,
  type OrderPaymentRecorded,
  type OrderPlaced,
  type OrderSource,
  type PricedLine,
  PROVIDERS,
} from './events.ts';
import {
  assertAdjustments,
  assertKnownCurrency,
  assertLineCount,
  assertUniqueLines,
  describeOrder,
} from './order-input.ts';
import { assertPaidAtOnce, assertTendered, exceedsDue } from './payments.ts';
import { MAX_DISCOUNT_PERCENTAGE } from './pricing/discounts.ts';
import { MAX_CHARGE_PERCENTAGE } from './pricing/pricing.ts';
import { MAX_TAX_PERCENTAGE } from './pricing/taxes.ts';
import { assertAddsUp } from './pricing/totals.ts';
import { paidCancellation } from './status.ts';

type Data = ImportOrder['data'];
type Placed = OrderPlaced['data'];

/** Bounds the events of one decision. */
export const MAX_IMPORTED_PAYMENTS = 100;

/**
 * Imports an order as its provider priced it, with its payments, all on its own business day.
 * @throws DomainError total_mismatch, payment_exceeds_due, illegal_transition (cancelled but
 *   paid), unknown_currency, duplicate_line, invalid_adjustment, amount_out_of_range,
 *   invalid_request.
 */
export function importOrder(data: Data, context: CommandContext): OrderEvent[] {
  const placed = asPlaced(data, context);
  const payments = asPayments(data.payments, placed);
  return [
    { type: 'OrderPlaced', data: placed },
    ...payments.map((payment): OrderPaymentRecorded => ({
      type: 'OrderPaymentRecorded',
      data: payment,
    })),
    ...asStatus(data, placed, payments.at(-1)?.paidMinor ?? 0),
  ];
}

/** The order as its provider has it, checked as an import is. */
export function asPlaced(data: Data, context: CommandContext): Placed {
  const { currency, placedAt, businessDay, totals, cashRoundingMinor = 0 } = data;
  const { discounts = [], taxes = [], serviceCharges = [] } = data;
  assertKnownCurrency(currency);
  assertInstant(placedAt, 'placedAt');
  assertDay(businessDay, 'businessDay');
  assertMinimum(cashRoundingMinor, 0, 'cashRoundingMinor');
  assertLineCount(data.lines);
  const lines = data.lines.map(givenLine);
  const lineIds = lines.map(({ lineId }) => lineId);
  assertUniqueLines(lineIds);
  assertGivenAdjustments(data, lineIds);
  const { roundingMinor, ...sums } = totals;
  assertWithinMaximum(roundingMinor, 'totals.roundingMinor');
  for (const [field, found] of Object.entries(sums)) assertMinimum(found, 0, `totals.${field}`);
  assertAddsUp(lines, serviceCharges, totals);
  return {
    orderId: context.entityId,
    businessDay,
    currency,
    pricing: 'given',
    source: givenSource(data.source),
    ...describeOrder(data),
    placedAt,
    cashRoundingMinor,
    roundingOn: 'total',
    lines,
    discounts: [...discounts],
    taxes: [...taxes],
    serviceCharges: [...serviceCharges],
    totals,
  };
}

function givenSource(source: OrderSource): OrderSource {
  if (!PROVIDERS.includes(source.provider)) {
    throw invalid('source.provider', PROVIDERS.join(', '), source.provider);
  }
  assertText(source.id, 'source.id', 'id');
  // A number of the provider's own, not an amount.
  if (source.version !== undefined && source.version < 0) {
    throw invalid('source.version', '0 or more', source.version);
  }
  return source;
}

function givenLine(line: PricedLine, place: number): PricedLine {
  const field = `lines[${place}]`;
  const { modifiers, compMinor, grossMinor, discountMinor, taxMinor, inclusiveTaxMinor } = line;
  assertText(line.lineId, `${field}.lineId`, 'id');
  assertText(line.productId, `${field}.productId`, 'id');
  assertText(line.name, `${field}.name`, 'name');
  assertText(line.variation, `${field}.variation`, 'name');
  assertNote(line.note, `${field}.note`);
  assertAtMost(modifiers, MAX_MODIFIERS, `${field}.modifiers`);
  if (compMinor !== undefined) assertMinimum(compMinor, 1, `${field}.compMinor`);
  const amounts = { grossMinor, discountMinor, taxMinor, inclusiveTaxMinor };
  const prices = { unitPriceMinor: line.unitPriceMinor, totalMinor: line.totalMinor };
  for (const [name, amountMinor] of Object.entries({ ...amounts, ...prices })) {
    assertMinimum(amountMinor, 0, `${field}.${name}`);
  }
  for (const { modifierId, name, quantity, unitPriceMinor, totalMinor } of modifiers) {
    assertText(modifierId, `${field} modifierId`, 'id');
    assertText(name, `${field} modifier name`, 'name');
    assertMinimum(quantity, 0, `${field} modifier quantity`);
    assertMinimum(unitPriceMinor, 0, `${field} modifier unitPriceMinor`);
    assertMinimum(totalMinor, 0, `${field} modifier totalMinor`);
  }
  return { ...line, quantity: givenQuantity(line, field) };
}

/** A void line has quantity 0 and no amounts; any other line has a quantity above 0. */
function givenQuantity(line: PricedLine, field: string): string {
  if (!line.voided) return formatQuantity(parseQuantity(line.quantity, `${field}.quantity`));
  const { grossMinor, discountMinor, taxMinor, inclusiveTaxMinor, totalMinor } = line;
  const amounts = [grossMinor, discountMinor, taxMinor, inclusiveTaxMinor, totalMinor];
  const found = amounts.find((amountMinor) => amountMinor !== 0);
  if (found !== undefined)
    throw invalid(`${field}.voided`, 'absent from a line with amounts', true);
  return '0';
}

function assertGivenAdjustments(data: Data, lineIds: readonly string[]): void {
  const { discounts = [], taxes = [], serviceCharges = [] } = data;
  const named = {
    discounts: discounts.map((discount) => ({ id: discount.discountId, ...discount })),
    taxes: taxes.map((tax) => ({ id: tax.taxId, ...tax })),
    serviceCharges: serviceCharges.map((charge) => ({ id: charge.chargeId, ...charge })),
  };
  assertAdjustments('discounts', named.discounts, MAX_DISCOUNT_PERCENTAGE, lineIds);
  assertAdjustments('taxes', named.taxes, MAX_TAX_PERCENTAGE, lineIds);
  assertAdjustments('serviceCharges', named.serviceCharges, MAX_CHARGE_PERCENTAGE, lineIds);
  for (const { id, appliedMinor } of [...named.discounts, ...named.taxes]) {
    assertMinimum(appliedMinor, 0, `${id}.appliedMinor`);
  }
  for (const { id, appliedMinor, taxMinor, inclusiveTaxMinor = 0 } of named.serviceCharges) {
    assertMinimum(appliedMinor, 0, `${id}.appliedMinor`);
    assertMinimum(taxMinor, 0, `${id}.taxMinor`);
    assertMinimum(inclusiveTaxMinor, 0, `${id}.inclusiveTaxMinor`);
  }
}

/** The totals contain the tips already, so no payment raises them. */
export function asPayments(
  payments: readonly ImportedPayment[],
  placed: Placed,
): OrderPaymentRecorded['data'][] {
  assertAtMost(payments, MAX_IMPORTED_PAYMENTS, 'payments');
  const { orderId, businessDay, currency, customerId, totals } = placed;
  const seen = new Set<string>();
  let paidMinor = 0;
  return payments.map((payment) => {
    const { paymentId, method, amountMinor, tipMinor, tenderedMinor, at } = payment;
    assertPayment(payment);
    if (seen.has(paymentId)) throw invalid('paymentId', 'in payments once', paymentId);
    seen.add(paymentId);
    const takenMinor = addMinor(amountMinor, tipMinor);
    const dueMinor = totals.totalMinor - paidMinor;
    if (takenMinor > dueMinor) throw exceedsDue(takenMinor, dueMinor);
    paidMinor += takenMinor;
    return {
      orderId,
      businessDay,
      currency,
      placedOn: businessDay,
      paidMinor,
      dueMinor: dueMinor - takenMinor,
      paymentId,
      method,
      amountMinor,
      tipMinor,
      tipAddedMinor: 0,
      roundingAddedMinor: 0,
      changeMinor: tenderedMinor === undefined ? 0 : change(takenMinor, tenderedMinor),
      totals,
      ...omitUndefined({ tenderedMinor, customerId, paidAt: at }),
    };
  });
}

function assertPayment(payment: ImportedPayment): void {
  const { paymentId, method, amountMinor, tipMinor, tenderedMinor, at } = payment;
  assertText(paymentId, 'paymentId', 'id');
  assertPaidAtOnce(method);
  assertMinimum(amountMinor, 0, 'amountMinor');
  assertMinimum(tipMinor, 0, 'tipMinor');
  assertTendered(method, tenderedMinor);
  assertInstant(at, 'at');
}

function asStatus(data: Data, placed: Placed, paidMinor: number): OrderEvent[] {
  const { orderId, businessDay, currency, totals } = placed;
  const settled = paidMinor === totals.totalMinor;
  const status = data.status ?? (settled ? 'CONFIRMED' : 'PENDING');
  switch (status) {
    case 'PENDING':
      return [];
    case 'CONFIRMED': {
      const change = { from: 'PENDING', to: 'CONFIRMED' } as const;
      return [{ type: 'OrderStatusChanged', data: { orderId, businessDay, ...change } }];
    }
    case 'CANCELLED': {
      if (paidMinor > 0) throw paidCancellation(orderId, 'PENDING', paidMinor, 0);
      const cancelled = {
        from: 'PENDING',
        refunded: NO_TOTALS,
        reason: `cancelled at ${data.source.provider}`,
      } as const;
      const facts = { orderId, businessDay, placedOn: businessDay, currency, totals };
      return [{ type: 'OrderCancelled', data: { ...facts, ...cancelled } }];
    }
    default:
      return unreachable(status);
  }
}
