import { createApiClient } from '../../src/cli/api-client.ts';
import {
  listEvents,
  showChanges,
  showEvent,
  showSystemEvent,
} from '../../src/cli/events/history.ts';
import { cash, openShop, placeSale, type Shop } from '../api/routes/support/shop.ts';
import { keyOf } from '../api/support/api-world.ts';

let shop: Shop;
let orderId: string;
beforeAll(async () => {
  shop = await openShop();
  orderId = await placeSale(shop, 1_000);
  await shop.post(`/orders/${orderId}/payments`, cash(400));
  await placeSale(shop, 200);
  await shop.world.caughtUp();
});
afterAll(() => shop.stop());

function printing(json: boolean) {
  const printed: string[] = [];
  const client = createApiClient(shop.world.url, keyOf('a'));
  return { client, json, out: (text: string) => printed.push(text), printed };
}

describe('tillstream events', () => {
  it('lists events in order, a line each', async () => {
    const to = printing(false);

    expect(await listEvents(to, {}, 100)).toBe(3);
    expect(to.printed[0]).toMatch(
      new RegExp(`^\\d+\\.\\d+  \\S+Z  order-a.${orderId}@0  key a-manager  Placed with 1 line`),
    );
  });

  it('lists them as JSON lines, filtered and no more than asked for', async () => {
    const to = printing(true);

    expect(await listEvents(to, { entity: orderId }, 1)).toBe(1);
    expect(JSON.parse(to.printed.join(''))).toMatchObject({ type: 'OrderPlaced', revision: 0 });
  });

  it('shows an event with its causes and effects', async () => {
    const listed = printing(true);
    await listEvents(listed, { type: 'OrderPaymentRecorded' }, 1);
    const { position } = JSON.parse(listed.printed[0] ?? '') as { position: string };
    const to = printing(false);
    await showEvent(to, position);
    const text = to.printed.join('');

    expect(text).toMatch(/^the event: .+ Paid 4\.00 USD by cash, 6\.00 USD due$/m);
    expect(text).toMatch(/^correlation {2}\S+$/m);
    expect(text).toContain('"amountMinor": 400');
  });

  it('lists and shows events of the system', async () => {
    const operator = createApiClient(shop.world.url, keyOf('a', 'operator'));
    await operator.post('/projections/order-list/pause', { body: { reason: 'a test' } });
    await operator.post('/projections/order-list/resume', {});
    const to = { ...printing(false), client: operator };
    expect(await listEvents(to, { order: 'newest' }, 100, '/history/system')).toBe(2);
    const [resumed = '', paused = ''] = to.printed;
    expect(resumed).toMatch(
      /projection-system.order-list@1 {2}operator a.a-operator {2}order-list is resumed/,
    );
    const position = paused.split('  ')[0] ?? '';
    const shown = { ...printing(false), client: operator };
    await showSystemEvent(shown, position);
    expect(shown.printed.join('')).toContain('"reason": "a test"');
  });

  it('describes what changed in an order', async () => {
    const to = printing(false);
    await showChanges(to, 'order', orderId, { from: '0', to: '1' });

    expect(to.printed.join('')).toContain('  due: 10.00 USD became 6.00 USD\n');
    const same = printing(false);
    await showChanges(same, 'order', orderId, { from: '1', to: '1' });
    expect(same.printed.join('')).toContain('no changes');
  });

  it('shows why the server rejects a request', async () => {
    const to = printing(false);

    await expect(showEvent(to, '999.999')).rejects.toThrow('404 not_found: there is no event');
    await expect(showChanges(to, 'table', '1', {})).rejects.toThrow('expected order or customer');
    await expect(listEvents(to, { from: 'once' }, 1)).rejects.toThrow('400 invalid_request');
  });
});
