import { JsonNode } from '../../../src/commands/square-import/json-node.ts';
import { readSquareOrder } from '../../../src/commands/square-import/order.ts';
import {
  type BooksKind,
  type BooksMapping,
  mappingKey,
  type Parked,
  type Translation,
} from '../../../src/domain/books/index.ts';
import type { Order } from '../../../src/domain/orders/index.ts';
import { orderAfter } from '../../support/order-builders.ts';
import { type Json, usd } from '../../support/square/orders.ts';

export const SALE_DAY = '2024-03-09';

const ROLES = {
  ...{ item: '1', modifier: '2', tip: '3', service_charge: '4', tax: '5', rounding: '6' },
  ...{ discount_account: '70', deposit_account: '71', customer: '90', mixed_payment: '80' },
};

/** Every role has a target, and what is given besides: `product p1` to `10`. */
export function mappingOf(
  more: Readonly<Record<string, string>> = {},
  rest: Partial<BooksMapping> = {},
): BooksMapping {
  const targets: Record<string, string> = {};
  for (const [role, id] of Object.entries(ROLES)) targets[mappingKey('role', role)] = id;
  return { targets: { ...targets, ...more }, modifiers: 'lines', ...rest };
}

export const target = (kind: BooksKind, key: string, id: string) => ({
  [mappingKey(kind, key)]: id,
});

/** An order of Square as it is here after its import. */
export function imported(order: Json): Order {
  return orderAfter(readSquareOrder(new JsonNode(order, ''), () => SALE_DAY).command);
}

/** The order completed, and paid by one card. */
export function completed(order: Json): Json {
  const total = (order['total_money'] as { amount: number }).amount;
  const tender = { type: 'CARD', amount_money: usd(total), card_details: { status: 'CAPTURED' } };
  return { id: 'square-1', ...order, state: 'COMPLETED', tenders: [{ id: 't1', ...tender }] };
}

export function documentOf(translation: Translation) {
  if (translation.outcome === 'parked') throw new Error(`parked: ${translation.reason}`);
  return translation.document;
}

export function parkedOf(translation: Translation): Parked {
  if (translation.outcome !== 'parked') throw new Error('expected a parked sale');
  return translation;
}
