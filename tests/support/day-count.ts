import type { AccountEvent } from '../../src/domain/accounts/events.ts';
import type { OrderEvent } from '../../src/domain/orders/events.ts';

/** Sums of one business day and currency, each under a path such as `sales.totalMinor`. */
export type DayCount = Map<string, bigint>;

/** Day sums by `<day> <currency>`. */
export type DayCounts = Map<string, DayCount>;

type Minor = Readonly<Record<string, number>>;

/**
 * Counts day sums once more, without a function of the product: a sum that the daily report and
 * its audit get wrong in the same way differs from this one. Every amount is a bigint, so no sum
 * is ever rounded.
 */
export function countDay(counts: DayCounts, event: OrderEvent | AccountEvent): void {
  const { type, data } = event;
  const on = (day: string, group: string, amounts: Minor, sign = 1n): void => {
    const { currency } = data as { currency: string };
    const key = `${day} ${currency}`;
    const sums = counts.get(key) ?? new Map<string, bigint>();
    counts.set(key, sums);
    for (const [name, amount] of Object.entries(amounts)) {
      const path = `${group}.${name}`;
      sums.set(path, (sums.get(path) ?? 0n) + sign * BigInt(amount));
    }
  };
  switch (type) {
    case 'OrderPlaced':
      on(data.businessDay, 'sales', { orders: 1, ...data.totals });
      break;
    case 'OrderCancelled':
      on(data.placedOn, 'sales', { orders: 1, ...data.totals }, -1n);
      on(data.placedOn, 'sales', { cancelled: 1, ...data.refunded });
      break;
    case 'OrderLineVoided':
    case 'OrderComped':
    case 'OrderChangedAtProvider':
      on(data.placedOn, 'sales', data.totals);
      on(data.placedOn, 'sales', data.previousTotals, -1n);
      break;
    case 'OrderPaymentRecorded': {
      const { amountMinor, tipMinor, tipAddedMinor, roundingAddedMinor } = data;
      on(data.businessDay, `taken.${data.method}`, { count: 1, amountMinor, tipMinor });
      on(data.placedOn, 'sales', { tipMinor: tipAddedMinor, totalMinor: tipAddedMinor });
      const rounding = roundingAddedMinor;
      on(data.placedOn, 'sales', { roundingMinor: rounding, totalMinor: rounding });
      break;
    }
    case 'OrderTipAdjusted': {
      const changed = data.tipMinor - data.previousTipMinor;
      on(data.businessDay, `taken.${data.method}`, { tipMinor: changed });
      on(data.placedOn, 'sales', { tipMinor: changed, totalMinor: changed });
      break;
    }
    case 'AccountChargeConfirmed': {
      const { amountMinor } = data;
      on(data.businessDay, 'taken.on_account', { count: 1, amountMinor, tipMinor: 0 });
      break;
    }
    case 'OrderRefunded': {
      const { toCashMinor, toCardMinor, toAccountMinor, amountMinor, tipMinor } = data;
      on(data.businessDay, 'refunds', { count: 1, toCashMinor, toCardMinor, toAccountMinor });
      on(data.businessDay, 'refunds', { totalMinor: amountMinor });
      on(data.businessDay, 'refunds', { totalMinor: tipMinor, tipMinor });
      const { roundingMinor, taxMinor, inclusiveTaxMinor } = data;
      on(data.businessDay, 'refunds', { roundingMinor });
      if (taxMinor === null || inclusiveTaxMinor === null) {
        on(data.businessDay, 'refunds', { withoutTaxCount: 1 });
      } else on(data.businessDay, 'refunds', { taxMinor, inclusiveTaxMinor });
      break;
    }
    case 'DebtOpened':
      on(data.businessDay, 'accounts', { chargedMinor: data.amountMinor });
      break;
    case 'AccountPaymentRecorded': {
      const { amountMinor } = data;
      on(data.businessDay, 'accounts', { repaidMinor: amountMinor });
      on(data.businessDay, `repaid.${data.method}`, { count: 1, amountMinor, tipMinor: 0 });
      break;
    }
    case 'SaleReturnedToAccount':
      on(data.businessDay, 'accounts', { returnedMinor: data.amountMinor });
      on(data.businessDay, 'accounts', { returnedMinor: data.recoveredMinor }, -1n);
      on(data.businessDay, 'accounts', { recoveredMinor: data.recoveredMinor });
      break;
    case 'CashPaidOut':
      on(data.businessDay, 'accounts', { paidOutMinor: data.amountMinor });
      break;
    case 'DebtWrittenOff':
      on(data.businessDay, 'accounts', { writtenOffMinor: data.amountMinor });
      break;
  }
}

/** The sums of a document of the daily report, in the same form; those of 0 are left out. */
export function countOf(sums: object, prefix = ''): DayCount {
  const found: DayCount = new Map();
  for (const [name, value] of Object.entries(sums) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) {
      for (const [path, sum] of countOf(value, `${prefix}${name}.`)) found.set(path, sum);
    } else if (BigInt(value as number | string) !== 0n) {
      found.set(`${prefix}${name}`, BigInt(value as number | string));
    }
  }
  return found;
}

/** Where two counts of one day differ, in words; undefined where they agree. */
export function differenceOf(
  counted: DayCount | undefined,
  shown: DayCount | undefined,
): string | undefined {
  const paths = new Set([...(counted?.keys() ?? []), ...(shown?.keys() ?? [])]);
  for (const path of [...paths].sort()) {
    const [expected, found] = [counted?.get(path) ?? 0n, shown?.get(path) ?? 0n];
    if (expected !== found) return `${path} is ${found}, while its events sum to ${expected}`;
  }
  return undefined;
}
