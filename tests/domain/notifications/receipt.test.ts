import { receiptOf } from '../../../src/domain/notifications/index.ts';
import type { Order } from '../../../src/domain/orders/index.ts';

const line = (more: object) => ({
  ...{ lineId: 'a', name: 'Mate', quantity: '1', modifiers: [], grossMinor: 500 },
  ...more,
});

const ORDER = {
  ...{ orderId: 'o/7', currency: 'KWD', placedOn: '2030-01-31' },
  lines: [
    line({ quantity: '2', variation: 'Large', modifiers: [{ name: 'Sugar', quantity: 1 }] }),
    line({ name: 'Gone', voided: true, grossMinor: 0 }),
    line({ name: 'x'.repeat(400), modifiers: [{ name: 'Declined', quantity: 0 }] }),
  ],
  totals: {
    ...{ grossMinor: 1_000, discountMinor: 100, serviceChargeMinor: 0, taxMinor: 10 },
    ...{ inclusiveTaxMinor: 0, tipMinor: 5, roundingMinor: -5, totalMinor: 910 },
  },
} as unknown as Order;

const input = { order: ORDER, shopName: 'Shop', paidMinor: 900, madeAt: '2030-01-31T12:00:00Z' };

describe('A receipt', () => {
  it('has the lines that were sold, and sums that lead to the total', () => {
    const receipt = receiptOf({ ...input, language: 'en' });
    expect(receipt.fileName).toBe('Order-o_7.pdf');
    expect(receipt.rows).toEqual([
      { text: '2 x Mate, Large + Sugar', amount: '0.500 KWD' },
      { text: 'x'.repeat(300), amount: '0.500 KWD' },
    ]);
    expect(receipt.sums).toEqual([
      { text: 'Discount', amount: '-0.100 KWD' },
      { text: 'Tax', amount: '0.010 KWD' },
      { text: 'Tip', amount: '0.005 KWD' },
      { text: 'Rounding', amount: '-0.005 KWD' },
      { text: 'Paid', amount: '0.900 KWD' },
      { text: 'Due', amount: '0.010 KWD' },
      { text: 'Total', amount: '0.910 KWD' },
    ]);
  });

  it('speaks Spanish', () => {
    const receipt = receiptOf({ ...input, language: 'es' });
    expect([receipt.fileName, receipt.notes[0]]).toEqual(['Pedido-o_7.pdf', 'Pedido o/7']);
    expect(receipt.sums.map(({ text }) => text)).toEqual([
      ...['Descuento', 'Impuestos', 'Propina', 'Redondeo', 'Pagado', 'Pendiente', 'Total'],
    ]);
  });
});
