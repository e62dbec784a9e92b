import type { AccountEvent } from '../../../domain/accounts/events.ts';
import type { OrderEvent, Totals } from '../../../domain/orders/events.ts';
import type { DaySums } from './document.ts';

/** Sums of one day that an event adds to. All of it is addition, so that order never matters. */
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
  refunds: { count: 0, toCashMinor: 0, toCardMinor: 0, toAccountMinor: 0, totalMinor: 0 },
  accounts: {
    chargedMinor: 0,
    repaidMinor: 0,
    returnedMinor: 0,
    paidOutMinor: 0,
    writtenOffMinor: 0,
  },
};

function add<T extends Readonly<Record<string, number>>>(sums: T, more: Partial<T>): T {
  const next: Record<string, number> = { ...sums };
  for (const [name, value] of Object.entries(more)) next[name] = (next[name] ?? 0) + Number(value);
  return next as T;
}

const sales = (more: Partial<DaySums['sales']>) => (sums: DaySums) => ({
  ...sums,
  sales: add(sums.sales, more),
});
const accounts = (more: Partial<DaySums['accounts']>) => (sums: DaySums) => ({
  ...sums,
  accounts: add(sums.accounts, more),
});
const tender =
  (kind: 'taken' | 'repaid', method: string, amountMinor: number, tipMinor: number) =>
  (sums: DaySums): DaySums => {
    const before = sums[kind][method] ?? { count: 0, amountMinor: 0, tipMinor: 0 };
    const after = add(before, { count: 1, amountMinor, tipMinor });
    return { ...sums, [kind]: { ...sums[kind], [method]: after } };
  };

function times(totals: Totals, factor: 1 | -1): Totals {
  const entries = Object.entries(totals).map(([name, value]) => [name, value * factor || 0]);
  return Object.fromEntries(entries) as Totals;
}

function difference(after: Totals, before: Totals): Totals {
  return add(after, times(before, -1));
}

/** What an order or account event adds to which days. */
export function changesOf(event: OrderEvent | AccountEvent): DayChange[] {
  switch (event.type) {
    case 'OrderPlaced': {
      const { businessDay: day, currency, totals } = event.data;
      return [{ day, currency, change: sales({ orders: 1, ...totals }) }];
    }
    case 'OrderCancelled': {
      const { placedOn: day, currency, totals } = event.data;
      return [{ day, currency, change: sales({ orders: -1, cancelled: 1, ...times(totals, -1) }) }];
    }
    case 'OrderLineVoided':
    case 'OrderComped': {
      const { placedOn: day, currency, totals, previousTotals } = event.data;
      return [{ day, currency, change: sales(difference(totals, previousTotals)) }];
    }
    case 'OrderPaymentRecorded': {
      const { placedOn, businessDay, currency, method, amountMinor, tipMinor } = event.data;
      const { tipAddedMinor } = event.data;
      const taken = tender('taken', method, amountMinor, tipMinor);
      const tip = sales({ tipMinor: tipAddedMinor, totalMinor: tipAddedMinor });
      return [
        { day: businessDay, currency, change: taken },
        ...(tipAddedMinor > 0 ? [{ day: placedOn, currency, change: tip }] : []),
      ];
    }
    case 'AccountChargeConfirmed': {
      const { businessDay: day, currency, amountMinor } = event.data;
      return [{ day, currency, change: tender('taken', 'on_account', amountMinor, 0) }];
    }
    case 'OrderRefunded': {
      const { businessDay: day, currency, toCashMinor, toCardMinor, toAccountMinor } = event.data;
      const totalMinor = toCashMinor + toCardMinor + toAccountMinor;
      const more = { count: 1, toCashMinor, toCardMinor, toAccountMinor, totalMinor };
      const change = (sums: DaySums) => ({ ...sums, refunds: add(sums.refunds, more) });
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
      const { businessDay: day, currency, amountMinor } = event.data;
      return [{ day, currency, change: accounts({ returnedMinor: amountMinor }) }];
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
