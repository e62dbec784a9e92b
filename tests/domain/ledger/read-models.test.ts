import fc from 'fast-check';

import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { Projection } from '../../../src/engine/projections/folding/projection.ts';
import { customerAccounts } from '../../../src/projections/accounts/account/projection.ts';
import { orderDetails } from '../../../src/projections/orders/details/projection.ts';
import type { DailySales } from '../../../src/projections/reports/daily-sales/document.ts';
import { dailySales } from '../../../src/projections/reports/daily-sales/projection.ts';
import { countDay, countOf, type DayCounts, differenceOf } from '../../support/day-count.ts';
import { filledIn, histories } from './histories.ts';
import { balanceOf } from './ledger.ts';
import { CUSTOMER, openShop, type Shop, type ShopCommand, type ShopEvent } from './shop.ts';

function play(commands: readonly ShopCommand[]): Shop {
  const shop = openShop();
  for (const command of commands) shop.give(filledIn(command, shop));
  return shop;
}

/** The documents of a read model of these events, by key. */
function fold(projection: Projection, events: readonly ShopEvent[]) {
  const documents = new Map<string, unknown>();
  events.forEach((event, i) => {
    const { orderId } = event.data as { orderId?: string };
    const isAccount = 'balanceMinor' in event.data;
    const recorded = {
      ...event,
      id: `e${i}`,
      stream: isAccount ? `account-s1.${CUSTOMER}` : `order-s1.${orderId}`,
      revision: i,
      position: { commit: BigInt(i), prepare: BigInt(i) },
      recordedAt: '2025-03-10T12:00:00.000Z',
      metadata: { storeId: 's1' },
    } as unknown as RecordedEvent;
    const { categories } = projection;
    if (!categories.includes(isAccount ? 'account' : 'order')) return;
    for (const key of projection.keys(recorded)) {
      const after = projection.evolve(documents.get(key), recorded, key);
      documents.set(key, JSON.parse(JSON.stringify(after)));
    }
  });
  return documents;
}

const modelOf = (projection: unknown) => projection as Projection;

describe('Read models of any history', () => {
  it('show the sums of each day that an independent count finds', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        const { events } = play(commands);
        const counts: DayCounts = new Map();
        for (const event of events) countDay(counts, event);
        const [document] = [...fold(modelOf(dailySales), events).values()] as DailySales[];
        const shown = document?.currencies['EUR'];
        const counted = counts.get('2025-03-10 EUR');
        expect(differenceOf(counted, shown && countOf(shown))).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  it('show of the account and the orders what the ledger holds', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        const { events, ledger, orders } = play(commands);
        const [account] = fold(modelOf(customerAccounts), events).values();
        expect(account).toMatchObject({
          creditMinor: 0 - balanceOf(ledger, `credit:${CUSTOMER}`),
          owedMinor: balanceOf(ledger, `debts:${CUSTOMER}`),
          cashRefundableMinor: ledger.cashInCredit.get(CUSTOMER) ?? 0,
        });
        const details = fold(modelOf(orderDetails), events);
        for (const [orderId, order] of orders) {
          if (order.status === 'none' || order.status === 'CANCELLED') continue;
          const dueMinor = balanceOf(ledger, `receivable:${orderId}`);
          expect(details.get(`s1.${orderId}`)).toMatchObject({ dueMinor, status: order.status });
        }
      }),
      { numRuns: 150 },
    );
  });
});
