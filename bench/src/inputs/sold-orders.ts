import { type BooksMapping, mappingKey } from '../../../src/domain/books/index.ts';
import {
  dueMinor,
  type Order,
  type OrderCommand,
  orderDecider,
  type OrderState,
} from '../../../src/domain/orders/index.ts';
import { STORE_ID } from './events.ts';

const CURRENCY = 'EUR';

/** Every role has a target, so that nothing goes to a worklist but the products. */
export function createMapping(): BooksMapping {
  const roles = ['item', 'modifier', 'tip', 'service_charge', 'tax', 'rounding'];
  const more = ['discount_account', 'deposit_account', 'customer', 'mixed_payment'];
  const targets: Record<string, string> = {};
  for (const [i, role] of [...roles, ...more].entries()) {
    targets[mappingKey('role', role)] = String(i + 1);
  }
  return { targets, modifiers: 'lines' };
}

/** Orders of two lines with modifiers, a discount, two taxes and a tip, paid in full. */
export function soldOrders(count: number): readonly Order[] {
  return Array.from({ length: count }, (_, i) => soldOrder(i));
}

function soldOrder(i: number): Order {
  const place: OrderCommand = {
    type: 'PlaceOrder',
    data: {
      currency: CURRENCY,
      lines: [
        {
          ...{ name: 'Pizza', quantity: '2', unitPriceMinor: 1_450 + i },
          modifiers: [
            { name: 'Large', quantity: 1, unitPriceMinor: 300 },
            { name: 'Extra Cheese', quantity: 1, unitPriceMinor: 150 },
          ],
        },
        { name: 'Cola', quantity: '3', unitPriceMinor: 250 },
      ],
      discounts: [{ discountId: 'd', name: 'Members', percentage: '7.5' }],
      taxes: [
        { taxId: 'a', name: 'State', percentage: '8.875', kind: 'exclusive' },
        { taxId: 'b', name: 'City', percentage: '2', kind: 'exclusive' },
      ],
    },
  };
  const placed = after({ status: 'none' }, place, i, 'place');
  if (placed.status === 'none') throw new Error('expected an order');
  const amountMinor = dueMinor(placed);
  const method = 'credit_card' as const;
  const pay = { method, amountMinor, tipMinor: 200, currency: CURRENCY };
  const sold = after(placed, { type: 'RecordPayment', data: pay }, i, 'pay');
  if (sold.status === 'none') throw new Error('expected an order');
  return sold;
}

function after(state: OrderState, command: OrderCommand, i: number, step: string): OrderState {
  const events = orderDecider.decide(command, state, {
    ...{ storeId: STORE_ID, entityId: `order-${i}`, commandId: `${step}-${i}` },
    ...{ now: '2026-03-09T12:00:00.000Z', businessDay: '2026-03-09' },
  });
  return events.reduce((before, event) => orderDecider.evolve(before, event), state);
}
