import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { captureLines, type CatalogueFacts } from './catalogue-lines.ts';
import { assertMinimum, assertTotals, invalid } from './checks.ts';
import type { DiscountInput, PlaceOrder, ServiceChargeInput, TaxInput } from './commands.ts';
import {
  type FulfilmentRequested,
  type OrderPlaced,
  type OrderStatusChanged,
  type PricedLine,
  TAX_KINDS,
} from './events.ts';
import {
  assertAdjustments,
  assertKnownCurrency,
  assertLineCount,
  assertPriceable,
  describeOrder,
  lineInputs,
} from './order-input.ts';
import { confirmation } from './payments.ts';
import { type DiscountPricingInput, MAX_DISCOUNT_PERCENTAGE } from './pricing/discounts.ts';
import { type ChargePricingInput, MAX_CHARGE_PERCENTAGE, priceOrder } from './pricing/pricing.ts';
import { MAX_TAX_PERCENTAGE, type TaxPricingInput } from './pricing/taxes.ts';

/**
 * Places an order at the prices of this moment; later changes of the catalogue do not affect it
 * (O3). One that costs nothing is confirmed in the same decision.
 * @throws NotFoundError product_not_found.
 * @throws DomainError unknown_currency, duplicate_line, invalid_adjustment, amount_out_of_range,
 *   invalid_request, and those of `captureLines`.
 */
export function placeOrder(
  data: PlaceOrder['data'],
  context: CommandContext,
  catalogue: CatalogueFacts,
): (OrderPlaced | FulfilmentRequested | OrderStatusChanged)[] {
  const orderId = context.entityId;
  const { currency, tipMinor = 0, cashRoundingMinor = 0 } = data;
  assertKnownCurrency(currency);
  assertMinimum(tipMinor, 0, 'tipMinor');
  assertMinimum(cashRoundingMinor, 0, 'cashRoundingMinor');
  assertLineCount(data.lines);
  const lines = lineInputs(captureLines(data, catalogue));
  const lineIds = lines.map(({ lineId }) => lineId);
  const priced = priceOrder({
    lines,
    discounts: discountInputs(data.discounts ?? [], lineIds),
    taxes: taxInputs(data.taxes ?? [], lineIds),
    serviceCharges: chargeInputs(data.serviceCharges ?? []),
    tipMinor,
    cashRoundingMinor: 0,
    compedLineIds: [],
    comped: false,
  });
  assertTotals(priced.totals);
  return [
    {
      type: 'OrderPlaced',
      data: {
        orderId,
        businessDay: context.businessDay,
        currency,
        pricing: 'computed',
        ...describeOrder(data),
        placedAt: context.now,
        cashRoundingMinor,
        roundingOn: 'payment',
        ...priced,
      },
    },
    ...fulfilment(data, priced.lines, priced.totals.totalMinor, context),
    ...confirmation({ orderId, status: 'PENDING' }, priced.totals.totalMinor, context),
  ];
}

/** @throws DomainError invalid_request for an order of which nothing is to be paid. */
function fulfilment(
  data: PlaceOrder['data'],
  lines: readonly PricedLine[],
  amountMinor: number,
  { entityId: orderId, businessDay }: CommandContext,
): FulfilmentRequested[] {
  const { fulfilment: mode, paymentMethod: method = 'credit_card', currency } = data;
  if (mode === undefined) return [];
  if (amountMinor === 0) throw invalid('fulfilment', 'an order with an amount to pay', mode);
  const isOnAccount = method === 'on_account';
  const { customerId } = data;
  if (isOnAccount && customerId === undefined) {
    throw invalid('customerId', 'the customer whose account pays', customerId);
  }
  const { priority } = describeOrder(data);
  const ordered = lines.flatMap(({ productId, quantity }) =>
    productId === undefined ? [] : [{ productId, quantity }],
  );
  const about = { orderId, businessDay, currency };
  return [
    {
      type: 'FulfilmentRequested',
      data: {
        ...{ ...about, lines: ordered, amountMinor, method, priority },
        ...(isOnAccount && omitUndefined({ customerId })),
      },
    },
  ];
}

const once = (lineIds: readonly string[] | undefined): string[] | undefined =>
  lineIds && [...new Set(lineIds)];

function discountInputs(
  inputs: readonly DiscountInput[],
  lineIds: string[],
): DiscountPricingInput[] {
  const discounts = inputs.map(
    ({ discountId, name, percentage, amountMinor, lineIds: scope }): DiscountPricingInput => ({
      discountId,
      name,
      ...omitUndefined({ percentage, amountMinor, lineIds: once(scope) }),
    }),
  );
  const adjustments = discounts.map(({ discountId: id, ...rest }) => ({ id, ...rest }));
  assertPriceable(adjustments);
  assertAdjustments('discounts', adjustments, MAX_DISCOUNT_PERCENTAGE, lineIds);
  return discounts;
}

function taxInputs(inputs: readonly TaxInput[], lineIds: string[]): TaxPricingInput[] {
  const taxes = inputs.map(({ taxId, name, percentage, kind, lineIds: scope }): TaxPricingInput => {
    if (!TAX_KINDS.includes(kind)) throw invalid('kind', TAX_KINDS.join(' or '), kind);
    return { taxId, name, percentage, kind, ...omitUndefined({ lineIds: once(scope) }) };
  });
  const adjustments = taxes.map(({ taxId: id, ...rest }) => ({ id, ...rest }));
  assertAdjustments('taxes', adjustments, MAX_TAX_PERCENTAGE, lineIds);
  return taxes;
}

function chargeInputs(inputs: readonly ServiceChargeInput[]): ChargePricingInput[] {
  const charges = inputs.map(
    ({ chargeId, name, percentage, amountMinor, taxable = false }): ChargePricingInput => ({
      chargeId,
      name,
      taxable,
      ...omitUndefined({ percentage, amountMinor }),
    }),
  );
  const adjustments = charges.map(({ chargeId: id, ...rest }) => ({ id, ...rest }));
  assertPriceable(adjustments);
  assertAdjustments('serviceCharges', adjustments, MAX_CHARGE_PERCENTAGE, []);
  return charges;
}
