import type { Receipt } from '../deliveries/index.ts';
import { formatMoney } from '../kernel/format-money.ts';
import type { Order } from '../orders/index.ts';
import type { Language } from './topics.ts';

/** Of the longest name that is printed in full. */
const MAX_TEXT = 300;

interface Words {
  readonly receipt: string;
  readonly date: string;
  readonly discount: string;
  readonly serviceCharge: string;
  readonly tax: string;
  readonly includedTax: string;
  readonly tip: string;
  readonly rounding: string;
  readonly paid: string;
  readonly due: string;
  readonly total: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    ...{ receipt: 'Order', date: 'Date', discount: 'Discount', serviceCharge: 'Service charge' },
    ...{ tax: 'Tax', includedTax: 'Tax included in the prices', tip: 'Tip', rounding: 'Rounding' },
    ...{ paid: 'Paid', due: 'Due', total: 'Total' },
  },
  es: {
    ...{ receipt: 'Pedido', date: 'Fecha', discount: 'Descuento', serviceCharge: 'Servicio' },
    ...{ tax: 'Impuestos', includedTax: 'Impuestos incluidos en los precios', tip: 'Propina' },
    ...{ rounding: 'Redondeo', paid: 'Pagado', due: 'Pendiente', total: 'Total' },
  },
};

export interface ReceiptInput {
  readonly order: Order;
  readonly shopName: string;
  readonly language: Language;
  readonly paidMinor: number;
  /** RFC 3339: when the event was recorded that it goes with. */
  readonly madeAt: string;
}

/** The receipt of an order as it is now. Every amount comes from its minor units. */
export function receiptOf(input: ReceiptInput): Receipt {
  const { order, shopName, language, madeAt } = input;
  const words = WORDS[language];
  const { orderId, currency, placedOn } = order;
  return {
    fileName: `${words.receipt}-${orderId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 60)}.pdf`,
    title: shopName.slice(0, MAX_TEXT),
    notes: [`${words.receipt} ${orderId}`, `${words.date}: ${placedOn}`],
    rows: rowsOf(order, currency),
    sums: sumsOf(input, words),
    madeAt,
  };
}

function rowsOf({ lines }: Order, currency: string): Receipt['rows'] {
  const sold = lines.filter(({ voided }) => !voided);
  return sold.map(({ name, variation, quantity, modifiers, grossMinor }) => {
    const chosen = modifiers.filter((one) => one.quantity > 0).map((one) => one.name);
    const named = [variation === undefined ? name : `${name}, ${variation}`, ...chosen].join(' + ');
    const text = quantity === '1' ? named : `${quantity} x ${named}`;
    return { text: text.slice(0, MAX_TEXT), amount: formatMoney(grossMinor, currency) };
  });
}

function sumsOf({ order, paidMinor }: ReceiptInput, words: Words): Receipt['sums'] {
  const { totals, currency } = order;
  const parts: readonly (readonly [string, number])[] = [
    [words.discount, -totals.discountMinor],
    [words.serviceCharge, totals.serviceChargeMinor],
    [words.tax, totals.taxMinor],
    [words.tip, totals.tipMinor],
    [words.rounding, totals.roundingMinor],
    [words.includedTax, totals.inclusiveTaxMinor],
    [words.paid, paidMinor],
    [words.due, totals.totalMinor - paidMinor],
  ];
  return [
    ...parts.filter(([, amountMinor]) => amountMinor !== 0),
    [words.total, totals.totalMinor] as const,
  ].map(([text, amountMinor]) => ({ text, amount: formatMoney(amountMinor, currency) }));
}
