import { readFileSync } from 'node:fs';

export type Json = Record<string, unknown>;

/** Of Square's OpenAPI document: the type of each field, `[]` before the type of a list's items. */
export interface SquareSchema {
  readonly fields: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'));

/** The requests and responses among Square's own examples that contain an order, by their name. */
export const OFFICIAL_ORDERS = read('official-orders') as Readonly<Record<string, { order: Json }>>;
export const SQUARE_SCHEMA = read('order-schema') as SquareSchema;

/** Square's own example of a created order, with some fields replaced. */
export const createdOrder = (more: Json = {}): Json => ({
  ...OFFICIAL_ORDERS['CreateOrderResponse']?.order,
  ...more,
});

export const usd = (amount: number) => ({ amount, currency: 'USD' });

/** A line of one price, without taxes or discounts. */
export const squareLine = (amount: number, more: Json = {}): Json => ({
  uid: 'l1',
  name: 'Lunch',
  quantity: '1',
  base_price_money: usd(amount),
  gross_sales_money: usd(amount),
  total_money: usd(amount),
  ...more,
});

/** A completed sale of one line for 10.00, paid with a card and a tip of 1.50. */
export const paidOrder = (id: string, more: Json = {}): Json => ({
  id,
  state: 'COMPLETED',
  version: 4,
  created_at: '2024-03-09T23:10:00Z',
  closed_at: '2024-03-10T08:30:00Z',
  line_items: [squareLine(1000)],
  tenders: [
    {
      id: `tender-${id}`,
      type: 'CARD',
      amount_money: usd(1150),
      tip_money: usd(150),
      card_details: { status: 'CAPTURED', card: { card_type: 'DEBIT' } },
    },
  ],
  total_tip_money: usd(150),
  total_money: usd(1150),
  ...more,
});

/** An order of one line for 10.00 that is not paid. */
export const openOrder = (id: string, more: Json = {}): Json => ({
  id,
  state: 'OPEN',
  version: 1,
  created_at: '2024-03-09T23:10:00Z',
  line_items: [squareLine(1000)],
  total_money: usd(1000),
  ...more,
});
