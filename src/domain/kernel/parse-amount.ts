import { exponentOf } from './money.ts';

/** Between units and decimals. */
export type DecimalMark = '.' | ',';

const FORMS: Readonly<Record<DecimalMark, RegExp>> = {
  '.': /^(\d{1,16})(?:\.(\d{1,16}))?$/,
  ',': /^(\d{1,16})(?:,(\d{1,16}))?$/,
};

/**
 * A decimal such as `3.50` in minor units of the currency, exact. Undefined when it is none, has
 * decimals that the currency does not have, or is too large; zeros may follow.
 * @throws DomainError unknown_currency.
 */
export function parseAmount(
  text: string,
  currency: string,
  mark: DecimalMark = '.',
): number | undefined {
  const exponent = exponentOf(currency);
  const [, units, decimals = ''] = FORMS[mark].exec(text.trim()) ?? [];
  if (units === undefined) return undefined;
  if (/[1-9]/.test(decimals.slice(exponent))) return undefined;
  const amountMinor = Number(BigInt(units + decimals.slice(0, exponent).padEnd(exponent, '0')));
  return Number.isSafeInteger(amountMinor) ? amountMinor : undefined;
}
