import { systemClock } from '../../../src/adapters/system/clock.ts';
import { newKey } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

const PASSWORD = 'seven wet umbrellas';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

describe('A token after its time', () => {
  let shop: Shop;
  let aheadMs = 0;
  let userId: string;
  beforeAll(async () => {
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    shop = await openShop({ clock });
    const json = { email: 'ana@shop.example', password: PASSWORD, roles: [{ role: 'manager' }] };
    userId = String((await shop.post('/users', json, { role: 'admin' })).body['userId']);
  });
  afterAll(() => shop.stop());

  const call = (method: string, path: string, key: string | null, json?: unknown) =>
    shop.world.call(method, path, {
      key,
      headers: { 'idempotency-key': newKey() },
      ...(json !== undefined && { json }),
    });
  const login = async () => {
    const json = { email: 'ana@shop.example', password: PASSWORD, storeId: 'a' };
    const { body } = await call('POST', '/auth/login', null, json);
    return { access: String(body['accessToken']), refresh: String(body['refreshToken']) };
  };
  const outcome = async (method: string, path: string, key: string | null, json?: unknown) => {
    const { status, body } = await call(method, path, key, json);
    return [status, body['code']];
  };
  const expired = [401, 'token_expired'];

  it('is refused after 15 minutes, whether the server has seen it before or not', async () => {
    const [seen, unseen] = [await login(), await login()];
    expect(await outcome('GET', '/orders', seen.access)).toEqual([200, undefined]);
    aheadMs += 15 * MINUTE_MS + 1_000;
    const sale = { currency: 'USD', lines: [{ name: 'Tea', quantity: '1', unitPriceMinor: 100 }] };
    for (const { access } of [seen, unseen]) {
      expect(await outcome('GET', '/orders', access)).toEqual(expired);
      expect(await outcome('POST', '/orders', access, sale)).toEqual(expired);
      expect(await outcome('GET', '/auth/profile', access)).toEqual(expired);
    }
    const refreshToken = seen.refresh;
    const { body } = await call('POST', '/auth/refresh', null, { refreshToken });
    expect(await outcome('GET', '/orders', String(body['accessToken']))).toEqual([200, undefined]);
  });

  it('of a refresh is refused after 7 days', async () => {
    const { refresh } = await login();
    aheadMs += 7 * DAY_MS + 1_000;
    const given = { refreshToken: refresh };
    expect(await outcome('POST', '/auth/refresh', null, given)).toEqual(expired);
  });

  it('of a device is refused after an hour', async () => {
    const device = { name: 'till', branchId: 'north' };
    const token = String((await shop.post('/devices', device)).body['token']);
    await shop.put(`/users/${userId}/pin`, { pin: '4711' }, { role: 'admin' });
    const { body } = await call('POST', '/auth/pin', token, { userId, pin: '4711' });
    const access = String(body['accessToken']);
    expect(await outcome('GET', '/orders', access)).toEqual([200, undefined]);
    aheadMs += 60 * MINUTE_MS + 1_000;
    expect(await outcome('GET', '/orders', access)).toEqual(expired);
    expect(await outcome('GET', '/orders', token)).toEqual([200, undefined]);
  });
});
