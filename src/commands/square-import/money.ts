import type { JsonNode } from './json-node.ts';

/**
 * An amount in minor units. Square gives every amount its currency; all must be that of the order.
 * @throws UnexpectedJsonError
 */
export function money(node: JsonNode, currency: string): number {
  const amount = node.at('amount').integer();
  const found = node.at('currency');
  if (found.text() !== currency) throw found.unexpected(`${currency} as in total_money`);
  return amount;
}

/** As `money`; what is missing is nothing. */
export function moneyOrZero(node: JsonNode | undefined, currency: string): number {
  return node ? money(node, currency) : 0;
}
