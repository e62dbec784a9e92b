import { Type } from '@sinclair/typebox';

/**
 * A sum of any size, exact: a number while JSON and JavaScript hold it exactly, and from 2^53 on
 * the digits as text. Readers that know numbers only never get a number that was rounded.
 */
export type ExactSum = number | string;

/** `integer` in a document and on the wire; text of digits for what a number cannot hold. */
export const ExactSumSchema = Type.Unsafe<ExactSum>(
  Type.Union([Type.Integer(), Type.String({ pattern: '^-?[1-9]\\d{15,}$' })], {
    description: 'Minor units; text of digits when beyond ±(2^53 - 1).',
  }),
);

/** `sum + amount` with every digit. `amount` is a safe integer. */
export function addExact(sum: ExactSum, amount: number): ExactSum {
  // Two numbers whose sum is a safe integer were added exactly.
  if (typeof sum === 'number' && Number.isSafeInteger(sum + amount)) return sum + amount;
  const exact = BigInt(sum) + BigInt(amount);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : String(exact);
}
