import { type Json, SQUARE_SCHEMA, usd } from './orders.ts';

/**
 * The fields that the import reads, by the type of the object in Square's schema. All others are
 * unread: nothing in them may change what happens to an order.
 */
export const READ_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Order: [
    ...['id', 'state', 'version', 'created_at', 'closed_at', 'returns', 'customer_id'],
    ...['reference_id', 'source', 'line_items', 'taxes', 'discounts', 'service_charges'],
    ...['fulfillments', 'rounding_adjustment', 'tenders', 'refunds', 'total_money'],
    ...['total_tax_money', 'total_discount_money', 'total_tip_money'],
    'total_service_charge_money',
  ],
  OrderSource: ['name'],
  OrderRoundingAdjustment: ['amount_money'],
  OrderLineItem: [
    ...['uid', 'name', 'quantity', 'note', 'catalog_object_id', 'variation_name', 'modifiers'],
    ...['applied_taxes', 'applied_discounts', 'base_price_money', 'gross_sales_money'],
    ...['total_tax_money', 'total_discount_money', 'total_money', 'total_service_charge_money'],
  ],
  OrderLineItemModifier: [
    ...['catalog_object_id', 'name', 'quantity', 'base_price_money', 'total_price_money'],
  ],
  OrderLineItemAppliedTax: ['tax_uid', 'applied_money'],
  OrderLineItemAppliedDiscount: ['discount_uid'],
  OrderLineItemTax: ['uid', 'name', 'type', 'percentage', 'applied_money', 'scope'],
  OrderLineItemDiscount: ['uid', 'name', 'percentage', 'amount_money', 'applied_money', 'scope'],
  OrderServiceCharge: [
    ...['uid', 'name', 'percentage', 'amount_money', 'applied_money', 'total_money'],
    ...['total_tax_money', 'taxable', 'applied_taxes'],
  ],
  Fulfillment: ['state'],
  Tender: [
    ...['id', 'payment_id', 'type', 'amount_money', 'tip_money', 'created_at', 'card_details'],
    ...['cash_details', 'bank_account_details', 'buy_now_pay_later_details'],
    'square_account_details',
  ],
  TenderCardDetails: ['status', 'card'],
  Card: ['card_type'],
  TenderCashDetails: ['buyer_tendered_money'],
  Refund: ['id', 'tender_id', 'created_at', 'reason', 'amount_money', 'status'],
  Money: ['amount', 'currency'],
};

/** An object of the schema with every field filled, some of them as given. */
function filled(type: string, given: Json = {}): Json {
  const fields = SQUARE_SCHEMA.fields[type] ?? {};
  const values = Object.entries(fields).map(([name, of]) => [
    name,
    name in given ? given[name] : valueOf(of),
  ]);
  return Object.fromEntries(values) as Json;
}

function valueOf(type: string): unknown {
  if (type.startsWith('[]')) return [valueOf(type.slice(2))];
  if (type === 'Money') return usd(0);
  if (type === 'string') return 'text';
  if (type === 'integer') return 1_700_000_000_000;
  if (type === 'boolean') return true;
  if (type === 'object') return { key: 'value' };
  return SQUARE_SCHEMA.enums[type]?.[0] ?? filled(type);
}

const noDetails = {
  card_details: null,
  cash_details: null,
  bank_account_details: null,
  buy_now_pay_later_details: null,
  square_account_details: null,
};
const appliedTax = (uid: string, amount: number) =>
  filled('OrderLineItemAppliedTax', { tax_uid: uid, applied_money: usd(amount) });

/**
 * A paid, delivered and partly refunded order in which every field of the schema has a value, and
 * whose amounts add up: 13.00 - 1.00 discount + 1.20 charge + 0.50 tax + 1.50 tip - 0.02 rounding.
 */
export function fullOrder(id: string): Json {
  return filled('Order', {
    id,
    state: 'COMPLETED',
    version: 3,
    created_at: '2024-03-09T23:10:00Z',
    closed_at: '2024-03-10T08:30:00Z',
    updated_at: '2024-03-10T08:30:00Z',
    returns: [],
    line_items: [
      filled('OrderLineItem', {
        uid: 'line-a',
        quantity: '2',
        base_price_money: usd(500),
        gross_sales_money: usd(1000),
        modifiers: [filled('OrderLineItemModifier', { quantity: '1' })],
        applied_taxes: [appliedTax('vat', 167), appliedTax('city', 50)],
        applied_discounts: [filled('OrderLineItemAppliedDiscount', { discount_uid: 'off' })],
        total_tax_money: usd(217),
        total_discount_money: usd(100),
        total_money: usd(950),
      }),
      filled('OrderLineItem', {
        uid: 'line-b',
        quantity: '1.5',
        base_price_money: usd(200),
        gross_sales_money: usd(300),
        modifiers: [],
        applied_taxes: [],
        applied_discounts: [],
        total_money: usd(300),
      }),
    ],
    taxes: [
      filled('OrderLineItemTax', {
        uid: 'vat',
        type: 'INCLUSIVE',
        percentage: '20',
        scope: 'ORDER',
      }),
      filled('OrderLineItemTax', {
        uid: 'city',
        type: 'ADDITIVE',
        percentage: '5',
        scope: 'LINE_ITEM',
      }),
    ],
    discounts: [
      filled('OrderLineItemDiscount', {
        uid: 'off',
        percentage: null,
        amount_money: usd(100),
        applied_money: usd(100),
        scope: 'LINE_ITEM',
      }),
    ],
    service_charges: [
      filled('OrderServiceCharge', {
        uid: 'service',
        percentage: '12',
        amount_money: null,
        applied_money: usd(120),
        total_money: usd(120),
        total_tax_money: usd(20),
        applied_taxes: [appliedTax('vat', 20)],
      }),
    ],
    fulfillments: [filled('Fulfillment', { state: 'COMPLETED' })],
    rounding_adjustment: filled('OrderRoundingAdjustment', { amount_money: usd(-2) }),
    tenders: [
      filled('Tender', {
        ...noDetails,
        id: `${id}-card`,
        payment_id: `${id}-card`,
        type: 'CARD',
        amount_money: usd(1018),
        tip_money: usd(150),
        created_at: '2024-03-10T08:29:00Z',
        card_details: filled('TenderCardDetails', { status: 'CAPTURED' }),
      }),
      filled('Tender', {
        ...noDetails,
        id: `${id}-cash`,
        payment_id: null,
        type: 'CASH',
        amount_money: usd(500),
        created_at: '2024-03-10T08:30:00Z',
        cash_details: filled('TenderCashDetails', { buyer_tendered_money: usd(600) }),
      }),
    ],
    refunds: [
      filled('Refund', {
        id: `${id}-refund`,
        tender_id: `${id}-cash`,
        created_at: '2024-03-11T10:00:00Z',
        amount_money: usd(100),
        status: 'APPROVED',
      }),
    ],
    total_money: usd(1518),
    total_tax_money: usd(237),
    total_discount_money: usd(100),
    total_tip_money: usd(150),
    total_service_charge_money: usd(120),
  });
}

/** A place in a document: the names and indexes that lead to it. */
export type Place = readonly (string | number)[];

/** The places of an order's fields that satisfy the condition. */
export function placesOf(
  value: unknown,
  isWanted: (type: string, field: string) => boolean,
  type = 'Order',
  place: Place = [],
): Place[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => placesOf(item, isWanted, type, [...place, i]));
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value as Json).flatMap(([name, field]) => {
    const of = (SQUARE_SCHEMA.fields[type]?.[name] ?? '').replace(/^\[\]/, '');
    const here = [...place, name];
    return [...(isWanted(type, name) ? [here] : []), ...placesOf(field, isWanted, of, here)];
  });
}

export const isRead = (type: string, field: string) => READ_FIELDS[type]?.includes(field) ?? false;

/** A copy of the document with another value at a place; undefined removes the field. */
export function withValue<T>(document: T, [name, ...rest]: Place, value: unknown): T {
  if (name === undefined) return value as T;
  if (document === null || typeof document !== 'object') return document;
  const copy = (Array.isArray(document) ? [...(document as unknown[])] : { ...document }) as Json;
  copy[name] = withValue(copy[name], rest, value);
  if (copy[name] === undefined) Reflect.deleteProperty(copy, name);
  return copy as T;
}
