import { createCalendar } from '../../src/adapters/system/calendar.ts';
import { createApiClient } from '../../src/cli/api-client.ts';
import {
  exportFacts,
  importFacts,
  listDevices,
  retireDevice,
  showDevice,
} from '../../src/cli/devices/operations.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { keyOf, someStore } from '../api/support/api-world.ts';
import { createTestDevice } from '../support/sync/device.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const today = createCalendar(() => [someStore('a')]).businessDay('a', Date.now());

/** What an operation prints. */
async function printed(
  operation: (options: Parameters<typeof listDevices>[0]) => Promise<void>,
  store = 'a',
): Promise<string> {
  const lines: string[] = [];
  const client = createApiClient(shop.world.url, keyOf(store));
  await shop.world.caughtUp();
  await operation({ client, json: false, out: (text) => lines.push(text) });
  return lines.join('');
}

describe('tillstream devices', () => {
  it('lists devices with what is here of their facts, and retires one', async () => {
    expect(await printed(listDevices)).toBe('no devices\n');
    const { body } = await shop.post('/devices', { name: 'bar till', branchId: 'center' });
    const deviceId = String(body['deviceId']);
    expect(await printed((to) => showDevice(to, deviceId))).toBe(
      `${deviceId} does not number its facts\n`,
    );
    const device = createTestDevice(deviceId, 'epoch1', today);
    const [first, second, third] = [1, 2, 3].map((n) => device.sale(`sale-${n}`, 100 * n));
    const facts = [first, third];
    const declared = { lastSeq: 3, unsent: 1 };
    await shop.post('/sync/push', { deviceId, epoch: 'epoch1', facts, declared });

    expect(await printed(listDevices)).toContain(`${deviceId}  bar till in center\n  2 missing`);
    expect(await printed((to) => showDevice(to, deviceId))).toContain('epoch1  2 missing');

    // The device is broken; its card still has the facts.
    const file = [first, second, third].map((fact) => JSON.stringify(fact)).join('\n');
    const send = () => printed((to) => importFacts(to, file));
    expect(await send()).toBe('3 facts: 2 duplicate, 1 accepted\n');
    expect(await send()).toBe('3 facts: 3 duplicate\n');
    expect(await printed((to) => showDevice(to, deviceId))).toContain('complete up to 3');
    expect(await printed((to) => exportFacts(to, deviceId))).toBe(`${file}\n`);

    expect(await printed((to) => retireDevice(to, deviceId))).toBe(`${deviceId} is retired\n`);
    expect(await printed(listDevices)).toMatch(/^revoked /);
  });

  it('imports nothing of a file that holds no facts', async () => {
    await expect(printed((to) => importFacts(to, '{"a":1}\n'))).rejects.toThrow(
      'expected a fact of a device in line 1',
    );
  });
});
