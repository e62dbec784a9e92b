import type { JsonNode } from './json-node.ts';

/**
 * A signed amount in minor units. Square gives every amount its currency; all must be that of the
 * order's total.
 * @throws UnexpectedJsonError
 */
export function signedMoney(node: JsonNode, currency: string): number {
  const amount = node.at('amount').integer();
  const found = node.at('currency');
  if (found.text() !== currency) throw found.unexpected(`${currency} as in total_money`);
  return amount;
}

/** As `signedMoney`, but 0 or more, as all amounts that Square does not document as signed. */
export function money(node: JsonNode, currency: string): number {
  const amount = signedMoney(node, currency);
  if (amount < 0) throw node.at('amount').unexpected('an amount of 0 or more');
  return amount;
}

/** As `money`; a missing amount is 0. */
export function moneyOrZero(node: JsonNode | undefined, currency: string): number {
  return node ? money(node, currency) : 0;
}
