import { DomainError } from './errors.ts';
import { invariant } from './invariant.ts';

/** An amount in integer minor units (cents of a euro, yen, fils of a dinar) of one currency. */
export interface Money {
  readonly amountMinor: number;
  /** ISO 4217 code. */
  readonly currency: string;
}

/**
 * Decimals of each currency of ISO 4217 in use. The last row holds what was withdrawn in 2025 and
 * 2026 (ANG, BGN), because sales in them are still imported, refunded and reported.
 */
const CODES_BY_EXPONENT: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD ' +
    'CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP ' +
    'GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK ' +
    'LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO ' +
    'NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS ' +
    'SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST ' +
    'XAD XCD XCG YER ZAR ZMW ZWG ' +
    'ANG BGN',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const EXPONENTS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_BY_EXPONENT).flatMap(([exponent, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number(exponent)]),
  ),
);

/** Every known currency code, in alphabetical order. */
export const CURRENCIES: readonly string[] = [...EXPONENTS.keys()].sort();

export function isCurrency(code: string): boolean {
  return EXPONENTS.has(code);
}

/**
 * Number of decimals of a currency: 2 for EUR, 0 for JPY, 3 for KWD.
 * @throws DomainError unknown_currency.
 */
export function exponentOf(currency: string): number {
  const exponent = EXPONENTS.get(currency);
  if (exponent !== undefined) return exponent;
  throw new DomainError('unknown_currency', `expected an ISO 4217 code, found ${currency}`, {
    found: currency,
  });
}

/**
 * The largest amount that a request may name, and the largest total of an order or an account that
 * it may lead to: 10^12 minor units. It lies so far below 2^53 that sums over thousands of such
 * orders stay exact as numbers. What was recorded before this limit may exceed it.
 */
export const MAX_AMOUNT_MINOR = 1_000_000_000_000;

/** @throws DomainError amount_out_of_range beyond ±MAX_AMOUNT_MINOR, or for no integer. */
export function assertWithinMaximum(amountMinor: number, field = 'amountMinor'): void {
  assertAmount(amountMinor, field);
  if (Math.abs(amountMinor) <= MAX_AMOUNT_MINOR) return;
  throw new DomainError(
    'amount_out_of_range',
    `expected ${field} of at most ${MAX_AMOUNT_MINOR}, found ${amountMinor}`,
    { field, maximum: MAX_AMOUNT_MINOR, found: String(amountMinor) },
  );
}

/** @throws DomainError amount_out_of_range for what is no integer within ±(2^53 - 1). */
export function assertAmount(amountMinor: number, field = 'amountMinor'): void {
  if (Number.isSafeInteger(amountMinor)) return;
  throw outOfRange(field, amountMinor);
}

function outOfRange(field: string, found: number | bigint): DomainError {
  return new DomainError(
    'amount_out_of_range',
    `expected ${field} to be an integer within ±(2^53 - 1), found ${found}`,
    { field, found: String(found) },
  );
}

function toAmount(value: bigint): number {
  const amountMinor = Number(value);
  if (Number.isSafeInteger(amountMinor)) return amountMinor;
  throw outOfRange('amountMinor', value);
}

/** The exact sum. @throws DomainError amount_out_of_range for a part or a sum out of range. */
export function addMinor(...amountsMinor: readonly number[]): number {
  let sum = 0n;
  for (const amountMinor of amountsMinor) {
    assertAmount(amountMinor);
    sum += BigInt(amountMinor);
  }
  return toAmount(sum);
}

/** `half-even` is banker's rounding; `half-up` takes halves away from zero; `down` cuts. */
export type Rounding = 'half-even' | 'half-up' | 'down';

/**
 * amount × numerator / denominator, exact, rounded once.
 * @throws DomainError amount_out_of_range.
 */
export function mulDiv(
  amount: number,
  numerator: bigint,
  denominator: bigint,
  rounding: Rounding,
): number {
  assertAmount(amount, 'amount');
  invariant(denominator > 0n, 'a denominator above 0', { denominator: String(denominator) });
  const product = BigInt(amount) * numerator;
  const quotient = product / denominator;
  const remainder = product % denominator;
  const away = product < 0n ? -1n : 1n;
  const twice = 2n * away * remainder;
  const up =
    rounding !== 'down' &&
    (twice > denominator ||
      (twice === denominator && (rounding === 'half-up' || quotient % 2n !== 0n)));
  return toAmount(up ? quotient + away : quotient);
}

/** The nearest multiple of the smallest coin, halves up; a coin of 0 rounds nothing. */
export function roundToCoin(amountMinor: number, coinMinor: number): number {
  if (coinMinor === 0) return amountMinor;
  const coins = mulDiv(amountMinor, 1n, BigInt(coinMinor), 'half-up');
  return mulDiv(coins, BigInt(coinMinor), 1n, 'down');
}

/**
 * Splits a total in proportion to weights by the method of largest remainders: each part is the
 * exact share rounded up or down, ties go to the lowest index, and the parts sum to the total. A
 * weight of 0 gets nothing, unless all are 0: then the parts are equal.
 * @throws DomainError amount_out_of_range.
 */
export function allocate(totalMinor: number, weights: readonly number[]): number[] {
  assertAmount(totalMinor, 'totalMinor');
  for (const weight of weights) {
    assertAmount(weight, 'weight');
    invariant(weight >= 0, 'weights of 0 or more', { weight });
  }
  invariant(weights.length > 0 || totalMinor === 0, 'a weight to allocate the total to', {
    totalMinor,
  });
  const allZero = weights.every((weight) => weight === 0);
  const shares = weights.map((weight) => (allZero ? 1n : BigInt(weight)));
  const whole = shares.reduce((sum, share) => sum + share, 0n);
  const total = BigInt(Math.abs(totalMinor));
  const parts = shares.map((share) => Number((total * share) / whole));
  const remainders = shares.map((share) => (total * share) % whole);
  const byRemainder = remainders
    .map((remainder, index) => ({ remainder, index }))
    .sort((a, b) => Number(b.remainder > a.remainder) - Number(b.remainder < a.remainder));
  const leftOver = whole === 0n ? 0 : Number(remainders.reduce((a, b) => a + b, 0n) / whole);
  for (const { index } of byRemainder.slice(0, leftOver)) parts[index] = amountAt(parts, index) + 1;
  return totalMinor < 0 ? parts.map((part) => (part === 0 ? 0 : -part)) : parts;
}

/** The amount at a place of a list that surely has it; a list that is too short is a bug. */
export function amountAt(amountsMinor: readonly number[], place: number): number {
  const amountMinor = amountsMinor[place];
  invariant(amountMinor !== undefined, 'an amount at each place', { place });
  return amountMinor;
}

const PERCENTAGE = /^\d{1,4}(\.\d{1,7})?$/;
const PERCENTAGE_DECIMALS = 7;

/** A parsed percentage over this is the factor: 7.25 % is 72,500,000 / 1,000,000,000. */
export const PERCENTAGE_DENOMINATOR = 100n * 10n ** BigInt(PERCENTAGE_DECIMALS);

/**
 * A percentage such as `7.25` as a scaled integer, exact; undefined when the text is none or lies
 * above the maximum (in percent), so that the caller can say what it expected.
 */
export function parsePercentage(text: string, maximum: number): bigint | undefined {
  if (!PERCENTAGE.test(text)) return undefined;
  const [units = '', decimals = ''] = text.split('.');
  const scaled = BigInt(units + decimals.padEnd(PERCENTAGE_DECIMALS, '0'));
  return scaled > BigInt(maximum) * 10n ** BigInt(PERCENTAGE_DECIMALS) ? undefined : scaled;
}
