import type { CommandContext } from '../kernel/decider.ts';
import { assertMinimum, invalid, present } from './checks.ts';
import type { DiscountInput, PlaceOrder, ServiceChargeInput, TaxInput } from './commands.ts';
import { TAX_KINDS, type OrderPlaced } from './events.ts';
import { MAX_CHARGE_PERCENTAGE, priceOrder, type ChargeTerms } from './pricing/pricing.ts';
import { MAX_DISCOUNT_PERCENTAGE, type DiscountTerms } from './pricing/discounts.ts';
import { MAX_TAX_PERCENTAGE, type TaxTerms } from './pricing/taxes.ts';
import {
  assertAdjustments,
  assertKnownCurrency,
  assertPriceable,
  describeOrder,
  lineTerms,
} from './order-input.ts';

/**
 * A new order, priced here and now; it keeps these prices whatever the catalogue says later (O3).
 * @throws DomainError unknown_currency, duplicate_line, invalid_adjustment, amount_out_of_range,
 *   invalid_request.
 */
export function placeOrder(data: PlaceOrder['data'], context: CommandContext): OrderPlaced[] {
  const { currency, tipMinor = 0, cashRoundingMinor = 0 } = data;
  assertKnownCurrency(currency);
  assertMinimum(tipMinor, 0, 'tipMinor');
  assertMinimum(cashRoundingMinor, 0, 'cashRoundingMinor');
  const lines = lineTerms(data.lines);
  const lineIds = lines.map(({ lineId }) => lineId);
  const priced = priceOrder({
    lines,
    discounts: discountTerms(data.discounts ?? [], lineIds),
    taxes: taxTerms(data.taxes ?? [], lineIds),
    serviceCharges: chargeTerms(data.serviceCharges ?? []),
    tipMinor,
    cashRoundingMinor,
    compedLineIds: [],
    comped: false,
  });
  return [
    {
      type: 'OrderPlaced',
      data: {
        orderId: context.entityId,
        businessDay: context.businessDay,
        currency,
        pricing: 'computed',
        ...describeOrder(data),
        placedAt: context.now,
        cashRoundingMinor,
        ...priced,
      },
    },
  ];
}

const once = (lineIds: readonly string[] | undefined): string[] | undefined =>
  lineIds && [...new Set(lineIds)];

function discountTerms(inputs: readonly DiscountInput[], lineIds: string[]): DiscountTerms[] {
  const discounts = inputs.map(
    ({ discountId, name, percentage, amountMinor, lineIds: scope }): DiscountTerms => ({
      discountId,
      name,
      ...present({ percentage, amountMinor, lineIds: once(scope) }),
    }),
  );
  const adjustments = discounts.map(({ discountId: id, ...rest }) => ({ id, ...rest }));
  assertPriceable(adjustments);
  assertAdjustments('discounts', adjustments, MAX_DISCOUNT_PERCENTAGE, lineIds);
  return discounts;
}

function taxTerms(inputs: readonly TaxInput[], lineIds: string[]): TaxTerms[] {
  const taxes = inputs.map(({ taxId, name, percentage, kind, lineIds: scope }): TaxTerms => {
    if (!TAX_KINDS.includes(kind)) throw invalid('kind', TAX_KINDS.join(' or '), kind);
    return { taxId, name, percentage, kind, ...present({ lineIds: once(scope) }) };
  });
  const adjustments = taxes.map(({ taxId: id, ...rest }) => ({ id, ...rest }));
  assertAdjustments('taxes', adjustments, MAX_TAX_PERCENTAGE, lineIds);
  return taxes;
}

function chargeTerms(inputs: readonly ServiceChargeInput[]): ChargeTerms[] {
  const charges = inputs.map(
    ({ chargeId, name, percentage, amountMinor, taxable = false }): ChargeTerms => ({
      chargeId,
      name,
      taxable,
      ...present({ percentage, amountMinor }),
    }),
  );
  const adjustments = charges.map(({ chargeId: id, ...rest }) => ({ id, ...rest }));
  assertPriceable(adjustments);
  assertAdjustments('serviceCharges', adjustments, MAX_CHARGE_PERCENTAGE, []);
  return charges;
}
