import { problemsOf } from '../../../simulators/quickbooks/provider.ts';
import { totalCents } from '../../../simulators/quickbooks/totals.ts';
import {
  documentNumber,
  QUICKBOOKS_ENTITIES,
  quickBooksOf,
  translateSale,
} from '../../../src/domain/books/index.ts';
import type { Order } from '../../../src/domain/orders/index.ts';
import {
  charge,
  confirm,
  CUSTOMER,
  happened,
  line,
  orderAfter,
  orderOf,
  pay,
  placeOrder,
} from '../../support/order-builders.ts';
import { createdOrder, OFFICIAL_ORDERS, squareLine, usd } from '../../support/square/orders.ts';
import {
  completed,
  documentOf,
  imported,
  mappingOf,
  parkedOf,
  SALE_DAY,
  target,
} from './support.ts';

const NUMBER = 'SQ-ABCDEFGHIJKLMNOPQ';
const translate = (order: Order, mapping = mappingOf()) =>
  translateSale({ order, number: NUMBER }, mapping);
const bodyOf = (order: Order, mapping = mappingOf()) =>
  quickBooksOf(documentOf(translate(order, mapping)));
const rows = (order: Order, mapping = mappingOf()) =>
  documentOf(translate(order, mapping)).lines.map((each) => [each.description, each.amountMinor]);

const withModifiers = (...modifiers: readonly (readonly [string, number])[]) => {
  const gross = modifiers.reduce((sum, [, price]) => sum + price, 1_200);
  return imported(
    completed({
      ...createdOrder({ discounts: [], taxes: [], total_tax_money: usd(0) }),
      total_discount_money: usd(0),
      line_items: [
        squareLine(gross, {
          name: 'Pizza',
          base_price_money: usd(1_200),
          modifiers: modifiers.map(([name, price]) => ({
            name,
            base_price_money: usd(price),
            total_price_money: usd(price),
          })),
        }),
      ],
      total_money: usd(gross),
    }),
  );
};

describe('the receipt of a sale', () => {
  it('is that of the worked order to the cent', () => {
    const order = imported(completed(createdOrder()));
    const body = bodyOf(order);

    const lines = body['Line'] as readonly Record<string, unknown>[];
    const amounts = lines.map(({ Amount, SalesItemLineDetail, DetailType }) => {
      const { Qty, UnitPrice } = (SalesItemLineDetail ?? {}) as Record<string, unknown>;
      return [DetailType, Amount, Qty, UnitPrice];
    });
    expect(amounts.slice(0, 3)).toEqual([
      ['SalesItemLineDetail', 15.99, 1, 15.99],
      ['SalesItemLineDetail', 44, 2, 22],
      ['SalesItemLineDetail', 1, 2, 0.5],
    ]);
    expect(amounts.at(-1)).toEqual(['DiscountLineDetail', 4.33, undefined, undefined]);
    expect(totalCents(body)).toBe(6_176);
    const tax = lines.filter(({ Description }) => String(Description).startsWith('Sales tax'));
    expect(tax.map(({ Amount }) => Amount)).toEqual([5.1]);
  });

  it.each(Object.keys(OFFICIAL_ORDERS).filter((name) => name.endsWith('Response')))(
    "of Square's own %s is of the schema, and comes to the total of the order",
    (name) => {
      const example = OFFICIAL_ORDERS[name]?.order ?? {};
      const body = bodyOf(imported(completed(example)));

      expect(problemsOf('SalesReceipt', body)).toEqual([]);
      expect(totalCents(body)).toBe((example['total_money'] as { amount: number }).amount);
    },
  );

  it('can be found by the id of the order at Square', () => {
    const order = imported(completed(createdOrder()));
    const body = bodyOf(order);

    expect(body['PrivateNote']).toContain(`Square Order ID: ${order.source?.id}`);
    expect(body['DocNumber']).toBe(NUMBER);
    expect(body['TxnDate']).toBe(SALE_DAY);
  });

  it('has a line for each nested modifier', () => {
    const order = withModifiers(['Large', 300], ['Extra Cheese', 150], ['Pepperoni', 200]);

    expect(rows(order)).toEqual([
      ['Pizza', 1_200],
      ['Modifier: + Large', 300],
      ['Modifier: + Extra Cheese', 150],
      ['Modifier: + Pepperoni', 200],
    ]);
  });

  it('can have modifiers in the line that they belong to', () => {
    const order = withModifiers(['Large', 300], ['Pepperoni', 200]);

    expect(rows(order, mappingOf({}, { modifiers: 'folded' }))).toEqual([
      ['Pizza + Large + Pepperoni', 1_700],
    ]);
  });

  it('keeps modifiers that conflict, and marks them', () => {
    const order = withModifiers(['Small Size', 0], ['Regular Size', 0], ['Olives', 100]);

    expect(rows(order).map(([description]) => description)).toEqual([
      'Pizza',
      'Modifier: + Small Size',
      'Modifier: + Regular Size (Conflict Resolution: kept beside Small Size)',
      'Modifier: + Olives',
    ]);
  });

  it('keeps modifiers that go to one item, and marks them', () => {
    const order = withModifiers(['Olives', 100], ['Capers', 100]);
    const mapping = mappingOf({
      ...target('modifier', 'olives', '33'),
      ...target('modifier', 'Capers', '33'),
    });

    expect(documentOf(translate(order, mapping)).lines).toMatchObject([
      { itemId: '1' },
      { itemId: '33', description: 'Modifier: + Olives' },
      { itemId: '33', description: expect.stringContaining('Conflict Resolution') as string },
    ]);
  });

  it('has what is not mapped on the fallback, and reports it once', () => {
    const order = withModifiers(['Large', 300]);
    const mapping = mappingOf(target('payment_method', 'credit_card', '81'));
    const targets = { ...mapping.targets };
    delete targets['role modifier'];
    const translation = translate(order, { ...mapping, targets });

    expect(documentOf(translation).lines.map(({ itemId }) => itemId)).toEqual(['1', '1']);
    expect(translation.unmapped).toEqual([
      { kind: 'product', key: 'Pizza', name: 'Pizza' },
      { kind: 'modifier', key: 'Large', name: 'Large' },
    ]);
  });

  it('takes products, taxes and payment methods to their own targets', () => {
    const order = imported(completed(createdOrder()));
    const [tax] = order.taxes;
    const [first] = order.lines;
    const mapping = mappingOf({
      ...target('tax', tax?.name ?? '', '55'),
      ...target('product', first?.productId ?? first?.name ?? '', '11'),
      ...target('payment_method', 'credit_card', '81'),
    });
    const document = documentOf(translate(order, mapping));

    expect(document.paymentMethodId).toBe('81');
    expect(document.lines[0]?.itemId).toBe('11');
    const taxes = document.lines.filter(({ description }) => description.startsWith('Sales tax'));
    expect(taxes.map(({ itemId }) => itemId)).toEqual(['55']);
  });

  it('has tip, service charge, rounding and more than one tender', () => {
    const order = orderAfter(
      placeOrder({
        lines: [line({ unitPriceMinor: 1_003 })],
        serviceCharges: [{ chargeId: 's', name: 'Service', percentage: '10' }],
        cashRoundingMinor: 5,
      }),
      pay(500, { method: 'credit_card', tipMinor: 60 }),
      pay(605),
    );
    const settled = { ...order, status: 'CONFIRMED' } as Order;
    const document = documentOf(translate(settled));

    expect(document.paymentMethodId).toBe('80');
    expect(document.totalMinor).toBe(order.totals.totalMinor);
    expect(document.lines.map(({ itemId, amountMinor }) => [itemId, amountMinor])).toEqual([
      ['1', 1_003],
      ['4', 100],
      ['3', 60],
      ['6', 2],
    ]);
    expect(document.note).toContain('credit_card 560, cash 605');
  });

  it('takes the tax that prices contain to the tax', () => {
    const order = orderAfter(
      placeOrder({
        lines: [line({ unitPriceMinor: 1_100 })],
        taxes: [{ taxId: 't', name: 'IVA', percentage: '10', kind: 'inclusive' }],
      }),
      pay(1_100),
    );

    expect(rows({ ...order, status: 'CONFIRMED' })).toEqual([
      ['Coffee', 1_000],
      ['Sales tax: IVA', 100],
    ]);
  });

  it('is an invoice where the account of a customer pays', () => {
    const events = happened(placeOrder(), pay(40), charge(60), confirm('c3'));
    const order = { ...orderOf(events), status: 'CONFIRMED' } as Order;
    const document = documentOf(translate(order, mappingOf(target('customer', CUSTOMER, '91'))));
    const body = quickBooksOf(document);

    expect(QUICKBOOKS_ENTITIES[document.kind]).toBe('Invoice');
    expect(body).toMatchObject({ CustomerRef: { value: '91' }, Deposit: 0.4 });
    expect(problemsOf('Invoice', body)).toEqual([]);
    expect(totalCents(body)).toBe(100);
  });

  it('is parked with both sums when it does not come to the total', () => {
    const order = imported(completed(createdOrder()));
    const [first, ...others] = order.lines;
    const wrong = { ...order, lines: [{ ...first, grossMinor: 1_500 }, ...others] } as Order;

    expect(parkedOf(translate(wrong))).toMatchObject({
      ...{ code: 'total_mismatch', expectedMinor: 6_176, foundMinor: 6_077 },
      reason: 'The order comes to 6176, and its receipt to 6077.',
    });
  });

  it('is parked while the books are not set up, the sale is open, or amounts are too fine', () => {
    const order = imported(completed(createdOrder()));
    const without = translate(order, { targets: {}, modifiers: 'lines' });
    const open = translate(orderAfter(placeOrder()));
    const fine = translate({ ...order, currency: 'KWD' });

    const codes = [without, open, fine].map((each) => parkedOf(each).code);
    expect(codes).toEqual(['books_not_set_up', 'order_not_complete', 'currency_not_supported']);
  });
});

describe('the number of a document', () => {
  it('has at most 21 characters and is the same for the same sale', () => {
    const sha256 = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b';

    expect(documentNumber('SQ-', sha256)).toBe('SQ-FO4A2U33DWR6HC6TA');
    expect(documentNumber('SQR-', sha256)).toHaveLength(21);
  });
});
