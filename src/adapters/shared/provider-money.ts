import { exponentOf, isCurrency, MAX_AMOUNT_MINOR } from '../../domain/kernel/money.ts';

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,10}))?$/;

/**
 * Minor units of ISO 4217 of an amount in major units, such as `58.8` or `"58.80"`. It goes by the
 * digits as they are written, so that no sum of binary fractions is off by a cent. Undefined: it is
 * no amount, or finer than the currency.
 */
export function minorUnits(amount: number | string, currency: string): number | undefined {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(String(amount)) ?? [];
  if (whole === undefined || !isCurrency(currency)) return undefined;
  const exponent = exponentOf(currency);
  const digits = fraction.replace(/0+$/, '').padEnd(exponent, '0');
  if (digits.length > exponent) return undefined;
  const minor = Number(`${whole}${digits}`);
  if (!Number.isSafeInteger(minor)) return undefined;
  return sign === '-' && minor !== 0 ? -minor : minor;
}

/** An integer of minor units, as it came. Undefined: no amount that we keep. */
export function wholeMinor(amount: number | bigint | null | undefined): number | undefined {
  const minor = Number(amount ?? 0);
  return Number.isSafeInteger(minor) && Math.abs(minor) <= MAX_AMOUNT_MINOR ? minor : undefined;
}

/** Times of providers have offsets and nanoseconds. Undefined: it is no time. */
export function instantOf(text: string | null | undefined): string | undefined {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
