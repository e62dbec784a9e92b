import { type Static, Type } from '@sinclair/typebox';

import { ExactSumSchema as minor } from './exact-sum.ts';

const closed = { additionalProperties: false };
const count = Type.Integer();

/** Orders placed on that day, as they stand now: a cancelled order is subtracted again. */
const Sales = Type.Object(
  {
    orders: count,
    cancelled: count,
    grossMinor: minor,
    discountMinor: minor,
    serviceChargeMinor: minor,
    taxMinor: minor,
    inclusiveTaxMinor: minor,
    tipMinor: minor,
    roundingMinor: minor,
    totalMinor: minor,
  },
  closed,
);

const Taken = Type.Object({ count, amountMinor: minor, tipMinor: minor }, closed);

/**
 * Money that went back on that day, whenever its order was placed. The tip, the rounding and the
 * taxes are parts of `totalMinor`. Refunds recorded without their taxes are counted apart.
 */
const Refunds = Type.Object(
  {
    count,
    withoutTaxCount: count,
    toCashMinor: minor,
    toCardMinor: minor,
    toAccountMinor: minor,
    tipMinor: minor,
    roundingMinor: minor,
    taxMinor: minor,
    inclusiveTaxMinor: minor,
    totalMinor: minor,
  },
  closed,
);

/** balance after = balance before + charged - repaid - returned + paid out - written off. */
const Accounts = Type.Object(
  {
    /** Debts written down on that day: sales on account, direct debts, opening balances. */
    chargedMinor: minor,
    /** Paid into accounts, by method under `repaid`. */
    repaidMinor: minor,
    returnedMinor: minor,
    /** Returned goods whose debt was written off: it moves no balance, it lowers the loss. */
    recoveredMinor: minor,
    paidOutMinor: minor,
    writtenOffMinor: minor,
  },
  closed,
);

export const DaySumsSchema = Type.Object(
  {
    sales: Sales,
    /** Payments of orders taken on that day, by method. */
    taken: Type.Record(Type.String(), Taken),
    /** Payments into accounts taken on that day, by method. Never sales (S29). */
    repaid: Type.Record(Type.String(), Taken),
    refunds: Refunds,
    accounts: Accounts,
  },
  closed,
);

/** A store's business day, with sums by currency. */
export const DailySalesSchema = Type.Object(
  { day: Type.String(), currencies: Type.Record(Type.String(), DaySumsSchema) },
  { ...closed, $id: 'DailySales' },
);

export type DaySums = Static<typeof DaySumsSchema>;
export type DailySales = Static<typeof DailySalesSchema>;
