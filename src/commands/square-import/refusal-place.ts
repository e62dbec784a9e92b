import type { TillstreamError } from '../../domain/kernel/errors.ts';
import type { ImportOrder } from '../../domain/orders/index.ts';

type Data = ImportOrder['data'];

/** Square's fields, by the names that the rules use for them. */
const FIELDS: Readonly<Record<string, string>> = {
  grossMinor: '/line_items',
  discountMinor: '/total_discount_money',
  serviceChargeMinor: '/total_service_charge_money',
  taxMinor: '/total_tax_money',
  inclusiveTaxMinor: '/total_tax_money',
  tipMinor: '/total_tip_money',
  roundingMinor: '/rounding_adjustment/amount_money',
  totalMinor: '/total_money',
  'source.version': '/version',
  // Not every tender is a payment, so their places differ.
  payments: '/tenders',
  paymentId: '/tenders',
};

const LIST_FIELDS: Readonly<Record<string, string>> = {
  lines: '/line_items',
  discounts: '/discounts',
  taxes: '/taxes',
  serviceCharges: '/service_charges',
};

const CODE_PLACES: Readonly<Record<string, string>> = {
  payment_exceeds_due: '/tenders',
  illegal_transition: '/state',
  unknown_currency: '/total_money/currency',
  order_exists: '/version',
  idempotency_key_reused: '/version',
};

/**
 * JSON pointer, within Square's order, to the field that a rule of the domain refused; empty for
 * the order as a whole. The rules name their own fields in `details`.
 */
export function placeOfRefusal({ code, details }: TillstreamError, data: Data): string {
  const { field, lineId, id } = details;
  if (typeof field === 'string') return placeOfField(field, data);
  if (typeof id === 'string') return placeOfAdjustment(id, data);
  if (typeof lineId === 'string') return placeOfLine(lineId, data);
  return CODE_PLACES[code] ?? '';
}

function placeOfField(field: string, data: Data): string {
  const single = FIELDS[field.replace(/^totals\./, '')] ?? FIELDS[field.split(/[.[]/)[0] ?? ''];
  if (single !== undefined) return single;
  const [, list = '', place] = /^(\w+)(?:[.[](\d+))?/.exec(field) ?? [];
  const known = LIST_FIELDS[list];
  if (known !== undefined) return place === undefined ? known : `${known}/${place}`;
  const lineId = field.replace(/\.totalMinor$/, '');
  return lineId === field ? '' : `${placeOfLine(lineId, data)}/total_money`;
}

/** The last line with that id: of two with the same one, the second is the fault. */
function placeOfLine(lineId: string, { lines }: Data): string {
  const place = lines.findLastIndex((line) => line.lineId === lineId);
  return place < 0 ? '/line_items' : `/line_items/${place}`;
}

function placeOfAdjustment(id: string, data: Data): string {
  const { discounts = [], taxes = [], serviceCharges = [] } = data;
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['/discounts', discounts.map(({ discountId }) => discountId)],
    ['/taxes', taxes.map(({ taxId }) => taxId)],
    ['/service_charges', serviceCharges.map(({ chargeId }) => chargeId)],
  ];
  for (const [list, ids] of lists) if (ids.includes(id)) return `${list}/${ids.lastIndexOf(id)}`;
  return '';
}
