import type { Plan } from './plan.ts';
import { fuzzKey, markOf } from './plan.ts';

/** What callers of a shop send besides the keys of the shops file, by the name of its token. */
export type Credentials = Readonly<Record<CredentialName, readonly string[]>>;

export const CREDENTIALS = ['jwt', 'refresh', 'device', 'device-jwt'] as const;
export type CredentialName = (typeof CREDENTIALS)[number];

/** As in the examples of the routes, so that a request as documented can change it. */
const PASSWORD = 'seven wet umbrellas';
const PIN = '4711';
/** Some end on the way: by a logout, another password, or the deletion of the user. */
const USERS = 3;

type Body = Readonly<Record<string, unknown>>;

/** Adds administrators and a device to a shop over the API, and signs them in. */
export async function signIn(url: string, shop: Plan['shop'], round: number): Promise<Credentials> {
  let calls = 0;

  async function call(method: string, path: string, body: Body, key?: string): Promise<Body> {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `sign-in-${round}-${calls++}`,
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`expected ${method} ${path} to succeed, found ${text}`);
    return JSON.parse(text) as Body;
  }

  const admin = fuzzKey(shop, 'admin');
  const till = { name: markOf(shop), branchId: 'north' };
  const registered = await call('POST', '/devices', till, admin);
  const device = String(registered['token']);
  const found = { jwt: [], refresh: [], device: [device], 'device-jwt': [] } as Record<
    CredentialName,
    string[]
  >;
  for (let i = 0; i < USERS; i++) {
    const email = `${shop}-${round}-${i}@fuzz.example`;
    const roles = [{ role: 'admin' }];
    const user = await call('POST', '/users', { email, roles, password: PASSWORD }, admin);
    const userId = String(user['userId']);
    const tokens = await call('POST', '/auth/login', { email, password: PASSWORD, storeId: shop });
    found.jwt.push(String(tokens['accessToken']));
    found.refresh.push(String(tokens['refreshToken']));
    await call('PUT', `/users/${userId}/pin`, { pin: PIN }, admin);
    const atDevice = await call('POST', '/auth/pin', { userId, pin: PIN }, device);
    found['device-jwt'].push(String(atDevice['accessToken']));
  }
  return found;
}
