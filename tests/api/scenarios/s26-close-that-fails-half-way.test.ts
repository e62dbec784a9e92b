import { createFaultyLog, type FaultyLog } from '../../support/faulty-log.ts';
import { cash, placeSale } from '../routes/support/shop.ts';
import { openDay, type ShopDay } from './support/shop-day.ts';

/** The close itself, its report and its corrections are in tests/api/routes/drawers.test.ts. */
describe('S26: a close that fails half-way', () => {
  let day: ShopDay;
  let faulty: FaultyLog;
  beforeEach(async () => {
    day = await openDay({ world: { wrapLog: (log) => (faulty = createFaultyLog(log)) } });
  });
  afterEach(() => day.stop());

  it.each(['broken', 'answer-lost'] as const)(
    'is run, stopped and run again: it ends once, with the unpaid sale apart: %s',
    async (fault) => {
      const opening = { tillId: 'till-1', currency: 'USD', openingFloatMinor: 5_000 };
      const drawerId = String((await day.shop.post('/drawers', opening)).body['drawerId']);
      const paid = await placeSale(day.shop, 6_000);
      await day.shop.post(`/orders/${paid}/payments`, { ...cash(6_000), drawerId });
      const unpaid = await placeSale(day.shop, 1_000);
      await day.shop.post(`/orders/${unpaid}/payments`, { ...cash(400), drawerId });
      const denominations = [{ valueMinor: 11_400, count: 1 }];
      await day.shop.post(`/drawers/${drawerId}/counts`, { denominations, countedBy: 'Ana' });
      const close = () =>
        day.shop.post(`/drawers/${drawerId}/close`, { closedBy: 'Ana' }, { key: 'close-it' });

      faulty.plan(fault);
      await day.settled(close());
      await day.restart();
      const again = await close();
      const third = await close();

      expect([again.status, again.body['status']]).toEqual([200, 'closed']);
      expect(third.body).toEqual(again.body);
      const { body: z } = await day.shop.get(`/drawers/${drawerId}/report`);
      expect(z).toMatchObject({ kind: 'Z', expectedMinor: 11_400, varianceMinor: 0 });
      const { body } = await day.shop.get(`/drawers/${drawerId}`);
      expect(body['close']).toMatchObject({ unfinished: [{ orderId: unpaid, dueMinor: 600 }] });
      const { body: history } = await day.shop.get(`/history?limit=200`);
      expect(JSON.stringify(history).match(/"DrawerClosed"/g)).toHaveLength(1);
      // The way out: the till opens its next session.
      expect((await day.shop.post('/drawers', opening)).status).toBe(201);
    },
  );
});
