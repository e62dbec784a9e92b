import { type OrderCommand } from '../../../src/domain/orders/index.ts';
import { happened, line, orderAfter, placeOrder } from '../../support/order-builders.ts';

const comp = (lineId?: string): OrderCommand => ({
  type: 'CompOrder',
  data: { reason: 'cold', approvedBy: 'Ada', ...(lineId !== undefined && { lineId }) },
});
const voidLine = (lineId: string): OrderCommand => ({
  type: 'VoidLine',
  data: { lineId, reason: 'typo' },
});
const two = placeOrder({
  lines: [line({ lineId: 'a' }), line({ lineId: 'b' })],
  serviceCharges: [{ chargeId: 's', name: 'Cover', amountMinor: 50, taxable: true }],
  taxes: [{ taxId: 't', name: 'VAT', percentage: '10', kind: 'exclusive' }],
});
const kindsOf = (...commands: OrderCommand[]) => happened(...commands).map(({ type }) => type);

describe('An order of which nothing is due', () => {
  it('is confirmed as it is placed when it costs nothing', () => {
    const free = placeOrder({ lines: [line({ unitPriceMinor: 0 })] });
    expect(kindsOf(free)).toEqual(['OrderPlaced', 'OrderStatusChanged']);
    expect(orderAfter(free).status).toBe('CONFIRMED');
    const discounted = placeOrder({
      discounts: [{ discountId: 'd', name: 'All', percentage: '100' }],
    });
    expect(orderAfter(discounted).status).toBe('CONFIRMED');
  });

  it('is confirmed by the comp or the void that leaves nothing due', () => {
    expect(orderAfter(two, comp()).status).toBe('CONFIRMED');
    expect(kindsOf(two, comp('a'), comp('b'), comp())).toEqual([
      'OrderPlaced',
      'OrderComped',
      'OrderComped',
      'OrderComped',
      'OrderStatusChanged',
    ]);
    expect(orderAfter(two, voidLine('a'), voidLine('b')).status).toBe('CONFIRMED');
  });

  it('waits while something is due, be it a tip', () => {
    expect(orderAfter(two, comp('a')).status).toBe('PENDING');
    const tipped = placeOrder({ lines: [line({ unitPriceMinor: 0 })], tipMinor: 1 });
    expect(orderAfter(tipped).status).toBe('PENDING');
  });
});

describe('A fixed charge', () => {
  it('goes with the last line, and its tax with it', () => {
    const one = orderAfter(two, voidLine('a'));
    expect(one.totals).toMatchObject({ serviceChargeMinor: 50, totalMinor: 165 });
    const none = orderAfter(two, voidLine('a'), voidLine('b'));
    expect(none.totals).toMatchObject({ serviceChargeMinor: 0, taxMinor: 0, totalMinor: 0 });
    expect(none.serviceCharges).toMatchObject([{ amountMinor: 50, appliedMinor: 0, taxMinor: 0 }]);
  });
});
