import { mulDiv } from '../kernel/money.ts';

/** What the operator of an installation pays for the calls to a provider in a month. */
export interface ProviderPrice {
  /** ISO 4217. */
  readonly currency: string;
  readonly baseMinor: number;
  /** Calls of a shop that the base covers. */
  readonly includedCalls: number;
  /** For each thousand calls above that. */
  readonly perThousandMinor: number;
}

export interface ProviderCost {
  readonly baseMinor: number;
  readonly overageMinor: number;
  readonly totalMinor: number;
  /** Whether the base covered all calls. */
  readonly isIncluded: boolean;
}

const CALLS_OF_PRICE = 1_000n;

/** The cost of the calls of a month (X10); parts of a thousand cost in proportion, half up. */
export function costOf(calls: number, price: ProviderPrice): ProviderCost {
  const { baseMinor, includedCalls, perThousandMinor } = price;
  const above = Math.max(0, calls - includedCalls);
  const overageMinor = mulDiv(perThousandMinor, BigInt(above), CALLS_OF_PRICE, 'half-up');
  const totalMinor = baseMinor + overageMinor;
  return { baseMinor, overageMinor, totalMinor, isIncluded: above === 0 };
}

/**
 * Reads of a month that QuickBooks gives to an app of its free tier; then it is blocked until the
 * next month (Intuit, limits of the Builder tier). They are of the app, so of all shops together.
 */
export const READS_OF_A_MONTH: Readonly<Record<string, number>> = { quickbooks: 500_000 };
