import { exponentOf } from './money.ts';

/** An amount for people to read: `20.00 USD`, `1500 JPY`. */
export function formatMoney(amountMinor: number, currency: string): string {
  return `${formatAmount(amountMinor, currency)} ${currency}`;
}

/** An amount without its currency: `20.00`. @throws DomainError unknown_currency. */
export function formatAmount(amountMinor: number, currency: string): string {
  const exponent = exponentOf(currency);
  const sign = amountMinor < 0 ? '-' : '';
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, '0');
  const units = exponent === 0 ? digits : digits.slice(0, -exponent);
  const decimals = exponent === 0 ? '' : `.${digits.slice(-exponent)}`;
  return `${sign}${units}${decimals}`;
}
