import { DomainError } from './errors.ts';
import { mulDiv } from './money.ts';

/** Quantities have up to 5 decimals, so this many parts make one. */
export const QUANTITY_SCALE = 100_000n;
export const MAX_QUANTITY_LENGTH = 12;
const DECIMALS = 5;
const QUANTITY = /^\d+(\.\d{1,5})?$/;

/** A quantity in hundred-thousandths; on the wire and in events it is a decimal string. */
export type Quantity = bigint;

/**
 * Reads a decimal string of at most 12 characters and 5 decimals, above 0, such as `2` or `0.375`.
 * @throws DomainError invalid_request.
 */
export function parseQuantity(text: string, field = 'quantity'): Quantity {
  const quantity = storedQuantity(text);
  if (quantity === undefined || quantity === 0n) {
    throw new DomainError(
      'invalid_request',
      `expected ${field} above 0 with at most ${MAX_QUANTITY_LENGTH} characters and ` +
        `${DECIMALS} decimals, found ${text}`,
      { field, found: text },
    );
  }
  return quantity;
}

/** As `parseQuantity`, but allows 0, which a line has once all of it is void; undefined if none. */
export function storedQuantity(text: string): Quantity | undefined {
  if (text.length > MAX_QUANTITY_LENGTH || !QUANTITY.test(text)) return undefined;
  const [units = '', decimals = ''] = text.split('.');
  return BigInt(units + decimals.padEnd(DECIMALS, '0'));
}

/** The shortest text of a quantity: `1.50` and `01.5` both become `1.5`. */
export function formatQuantity(quantity: Quantity): string {
  const units = quantity / QUANTITY_SCALE;
  const decimals = String(quantity % QUANTITY_SCALE)
    .padStart(DECIMALS, '0')
    .replace(/0+$/, '');
  return decimals === '' ? String(units) : `${units}.${decimals}`;
}

/** Price in minor units × quantity, half-even. @throws DomainError amount_out_of_range. */
export function multiplyByQuantity(priceMinor: number, quantity: Quantity): number {
  return mulDiv(priceMinor, quantity, QUANTITY_SCALE, 'half-even');
}

/** Below 0 when a < b, 0 when equal, above 0 when a > b. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return a < b ? -1 : Number(a > b);
}

/** The sum of two quantities that events hold, in their text form. */
export function addQuantities(a: string, b: string): string {
  return formatQuantity((storedQuantity(a) ?? 0n) + (storedQuantity(b) ?? 0n));
}

/** a - b, or undefined when b is more than there is. */
export function subtractQuantity(a: Quantity, b: Quantity): Quantity | undefined {
  return b > a ? undefined : a - b;
}
