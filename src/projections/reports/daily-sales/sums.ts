import type { AccountEvent } from '../../../domain/accounts/events.ts';
import type { OrderEvent } from '../../../domain/orders/events.ts';
import type { DaySums } from './document.ts';
import { addExact, type ExactSum } from './exact-sum.ts';

/** What an event adds to one day. Addition only, so the order of events never matters. */
export interface DayChange {
  readonly day: string;
  readonly currency: string;
  readonly change: (sums: DaySums) => DaySums;
}

export const NO_SUMS: DaySums = {
  sales: {
    orders: 0,
    cancelled: 0,
    grossMinor: 0,
    discountMinor: 0,
    serviceChargeMinor: 0,
    taxMinor: 0,
    inclusiveTaxMinor: 0,
    tipMinor: 0,
    roundingMinor: 0,
    totalMinor: 0,
  },
  taken: {},
  repaid: {},
  refunds: {
    count: 0,
    withoutTaxCount: 0,
    toCashMinor: 0,
    toCardMinor: 0,
    toAccountMinor: 0,
    tipMinor: 0,
    roundingMinor: 0,
    taxMinor: 0,
    inclusiveTaxMinor: 0,
    totalMinor: 0,
  },
  accounts: {
    chargedMinor: 0,
    repaidMinor: 0,
    returnedMinor: 0,
    recoveredMinor: 0,
    paidOutMinor: 0,
    writtenOffMinor: 0,
  },
};

type Sums = Readonly<Record<string, ExactSum>>;
type Amounts<T> = { readonly [K in keyof T]?: number };

/** Adds each amount, or subtracts it with the sign -1, without losing a digit. */
function add<T extends Sums>(sums: T, amounts: Amounts<T>, sign: 1 | -1 = 1): T {
  const next: Record<string, ExactSum> = { ...sums };
  for (const [name, amount] of Object.entries(amounts) as [string, number][]) {
    // `|| 0` because 0 × -1 is -0, which JSON would not keep.
    next[name] = addExact(next[name] ?? 0, amount * sign || 0);
  }
  return next as T;
}

type Change = DayChange['change'];

const sales =
  (amounts: Amounts<DaySums['sales']>, sign?: 1 | -1): Change =>
  (sums) => ({ ...sums, sales: add(sums.sales, amounts, sign) });
const refunds =
  (amounts: Amounts<DaySums['refunds']>): Change =>
  (sums) => ({ ...sums, refunds: add(sums.refunds, amounts) });
const accounts =
  (amounts: Amounts<DaySums['accounts']>): Change =>
  (sums) => ({ ...sums, accounts: add(sums.accounts, amounts) });
const tender =
  (
    kind: 'taken' | 'repaid',
    method: string,
    amountMinor: number,
    tipMinor: number,
    count = 1,
  ): Change =>
  (sums) => {
    const before = sums[kind][method] ?? { count: 0, amountMinor: 0, tipMinor: 0 };
    const after = add(before, { count, amountMinor, tipMinor });
    return { ...sums, [kind]: { ...sums[kind], [method]: after } };
  };

/** What an order or account event adds to which days. */
export function changesOf(event: OrderEvent | AccountEvent): DayChange[] {
  switch (event.type) {
    case 'OrderPlaced': {
      const { businessDay: day, currency, totals } = event.data;
      return [{ day, currency, change: sales({ orders: 1, ...totals }) }];
    }
    case 'OrderCancelled': {
      const { placedOn: day, currency, totals, refunded } = event.data;
      return [
        { day, currency, change: sales({ orders: 1, ...totals }, -1) },
        { day, currency, change: sales({ cancelled: 1, ...refunded }) },
      ];
    }
    case 'OrderLineVoided':
    case 'OrderComped':
    case 'OrderChangedAtProvider': {
      const { placedOn: day, currency, totals, previousTotals } = event.data;
      return [
        { day, currency, change: sales(totals) },
        { day, currency, change: sales(previousTotals, -1) },
      ];
    }
    case 'OrderPaymentRecorded': {
      const { placedOn, businessDay, currency, method, amountMinor, tipMinor } = event.data;
      const { tipAddedMinor, roundingAddedMinor } = event.data;
      const taken = tender('taken', method, amountMinor, tipMinor);
      const addedMinor = tipAddedMinor + roundingAddedMinor;
      const added = { tipMinor: tipAddedMinor, roundingMinor: roundingAddedMinor };
      const total = sales({ ...added, totalMinor: addedMinor });
      const changesTotal = tipAddedMinor !== 0 || roundingAddedMinor !== 0;
      return [
        { day: businessDay, currency, change: taken },
        ...(changesTotal ? [{ day: placedOn, currency, change: total }] : []),
      ];
    }
    case 'OrderTipAdjusted': {
      const { placedOn, businessDay, currency, method, tipAddedMinor } = event.data;
      const added = sales({ tipMinor: tipAddedMinor, totalMinor: tipAddedMinor });
      return [
        { day: businessDay, currency, change: tender('taken', method, 0, tipAddedMinor, 0) },
        { day: placedOn, currency, change: added },
      ];
    }
    case 'AccountChargeConfirmed': {
      const { businessDay: day, currency, amountMinor } = event.data;
      return [{ day, currency, change: tender('taken', 'on_account', amountMinor, 0) }];
    }
    case 'OrderRefunded': {
      const { businessDay: day, currency, toCashMinor, toCardMinor, toAccountMinor } = event.data;
      const { tipMinor, roundingMinor, taxMinor, inclusiveTaxMinor } = event.data;
      const change = refunds({
        count: 1,
        withoutTaxCount: taxMinor === null ? 1 : 0,
        ...{ toCashMinor, toCardMinor, toAccountMinor, tipMinor, roundingMinor },
        taxMinor: taxMinor ?? 0,
        inclusiveTaxMinor: inclusiveTaxMinor ?? 0,
        totalMinor: toCashMinor + toCardMinor + toAccountMinor,
      });
      return [{ day, currency, change }];
    }
    case 'DebtOpened': {
      const { businessDay: day, currency, amountMinor } = event.data;
      return [{ day, currency, change: accounts({ chargedMinor: amountMinor }) }];
    }
    case 'AccountPaymentRecorded': {
      const { businessDay: day, currency, amountMinor, method } = event.data;
      return [
        { day, currency, change: accounts({ repaidMinor: amountMinor }) },
        { day, currency, change: tender('repaid', method, amountMinor, 0) },
      ];
    }
    case 'SaleReturnedToAccount': {
      const { businessDay: day, currency, amountMinor, recoveredMinor } = event.data;
      const returnedMinor = amountMinor - recoveredMinor;
      return [{ day, currency, change: accounts({ returnedMinor, recoveredMinor }) }];
    }
    case 'CashPaidOut': {
      const { businessDay: day, currency, amountMinor } = event.data;
      return [{ day, currency, change: accounts({ paidOutMinor: amountMinor }) }];
    }
    case 'DebtWrittenOff': {
      const { businessDay: day, currency, amountMinor } = event.data;
      return [{ day, currency, change: accounts({ writtenOffMinor: amountMinor }) }];
    }
    default:
      return [];
  }
}
