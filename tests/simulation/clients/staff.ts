import type { SimRequest, SimResponse } from '../nodes/api.ts';
import type { SimNode } from '../nodes/node.ts';
import { keyOf, markOf } from '../nodes/shops.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';
import { bodyOf, isSettled } from './history.ts';
import type { KnownSecrets } from './known-secrets.ts';
import type { Wire } from './wire.ts';

/** In the other worlds no user signs in. */
const CHANCE = 0.4;
const ACTS = 24;
const THINK_MS = 250;
const MAX_TRIES = 30;
/** Nodes look at a session once a second, by clocks of their own. */
const SLACK_MS = 5_000;
const PASSWORD = 'seven wet umbrellas';
const [PIN, WRONG_PIN] = ['4711', '9382'];

interface Session {
  access: string;
  refresh: string;
  /** Refresh tokens that were exchanged. */
  readonly used: string[];
  /** When the reuse of a token was answered; the session is over from then on. */
  overSince?: number;
}

interface StaffOptions {
  readonly conditions: Conditions;
  readonly nodes: readonly SimNode[];
  readonly wire: Wire;
  readonly shop: string;
  readonly secrets: KnownSecrets;
  readonly fail: (rule: string, message: string) => void;
}

/** A user of a shop, who signs in, is suspended and comes back, and an attacker with old tokens. */
export function createStaff(options: StaffOptions): { work(): Promise<void> } {
  const { conditions, nodes, wire, shop, secrets, fail } = options;
  const { world } = conditions;
  const rnd = world.rnd('staff');
  const life: Life = { name: 'staff', alive: true, pausedUntil: 0 };
  const email = 'ana@shop.example';
  const sessions: Session[] = [];
  let suspendedSince: number | undefined;
  let writes = 0;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => world.at(ms * (0.5 + rnd.next()), 'staff', resolve, life));
  const isLongAgo = (at: number | undefined) => at !== undefined && world.now - at > SLACK_MS;

  function request(method: SimRequest['method'], url: string, key?: string, body?: unknown) {
    const headers = {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      'content-type': 'application/json',
      'idempotency-key': `staff-${writes}`,
    };
    return { method, url, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  }

  const ask = (...args: Parameters<typeof request>) =>
    wire.send(life, rnd.pick(nodes), request(...args));

  /** A write of an administrator, until its outcome is known. */
  async function insist(
    method: 'POST' | 'PUT',
    url: string,
    body: unknown,
  ): Promise<SimResponse | undefined> {
    writes += 1;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (tries > 0) await pause(THINK_MS);
      const answer = await ask(method, url, keyOf(shop, 'admin'), body);
      if (answer && isSettled(answer)) return answer;
    }
    return undefined;
  }

  async function signIn(): Promise<void> {
    const isSuspended = isLongAgo(suspendedSince);
    const body = { email, password: PASSWORD, storeId: shop };
    const answer = await ask('POST', '/auth/login', undefined, body);
    if (answer?.status !== 200) return;
    if (isSuspended) fail('suspended-cannot-act', 'a suspended user signed in');
    const { accessToken, refreshToken } = bodyOf(answer) as Record<string, string>;
    const [access, refreshBy] = [secrets.note(accessToken), secrets.note(refreshToken)];
    sessions.push({ access, refresh: refreshBy, used: [] });
  }

  async function act(): Promise<void> {
    const session = sessions.at(-1);
    if (!session) return signIn();
    const isOver = isLongAgo(session.overSince);
    const isSuspended = isLongAgo(suspendedSince);
    const answer = await ask('GET', '/auth/profile', session.access);
    if (answer?.status !== 200) return;
    if (isSuspended) fail('suspended-cannot-act', 'a suspended user acted');
    if (isOver) fail('reuse-ends-session', 'a session acted after its refresh token was reused');
  }

  /** Sometimes twice at once, as an impatient or a stolen client does. */
  async function refresh(): Promise<void> {
    const session = sessions.at(-1);
    if (!session) return signIn();
    const isOver = session.overSince !== undefined;
    const body = { refreshToken: session.refresh };
    const twice = rnd.chance(0.3);
    const asked = Array.from({ length: twice ? 2 : 1 }, () =>
      ask('POST', '/auth/refresh', undefined, body),
    );
    const answers = (await Promise.all(asked)).filter((answer) => answer?.status === 200);
    if (answers.length > 1) fail('refresh-once', 'a refresh token was exchanged twice');
    const [answer] = answers;
    if (!answer) return;
    if (isOver) fail('reuse-ends-session', 'a session went on after its refresh token was reused');
    session.used.push(session.refresh);
    const { accessToken, refreshToken } = bodyOf(answer) as Record<string, string>;
    session.access = secrets.note(accessToken);
    session.refresh = secrets.note(refreshToken);
  }

  async function replay(): Promise<void> {
    const session = sessions.findLast(({ used }) => used.length > 0);
    if (!session) return refresh();
    const refreshToken = rnd.pick(session.used);
    const answer = await ask('POST', '/auth/refresh', undefined, { refreshToken });
    if (answer?.status === 200) fail('refresh-once', 'a used refresh token was exchanged again');
    if (answer?.status === 401) session.overSince ??= world.now;
  }

  async function suspend(path: string): Promise<boolean> {
    const isActive = suspendedSince !== undefined;
    suspendedSince = undefined;
    const answer = await insist('PUT', path, { isActive });
    if (!answer) return false;
    if (!isActive) suspendedSince = world.now;
    return true;
  }

  async function enterPin(token: string, userId: string): Promise<void> {
    const pin = rnd.chance(0.3) ? PIN : WRONG_PIN;
    const answer = await ask('POST', '/auth/pin', token, { userId, pin });
    if (answer?.status !== 200) return;
    if (pin !== PIN) fail('pin-checked', 'a wrong PIN signed in');
    if (isLongAgo(suspendedSince)) fail('suspended-cannot-act', 'a suspended user entered a PIN');
  }

  return {
    async work() {
      if (!rnd.chance(CHANCE)) return;
      const person = { email, firstName: markOf(shop), password: PASSWORD };
      const added = await insist('POST', '/users', { ...person, roles: [{ role: 'waiter' }] });
      const device = await insist('POST', '/devices', { name: 'till', branchId: 'main' });
      if (added?.status !== 201 || device?.status !== 201) return;
      const path = `/users/${String(bodyOf(added)['userId'])}`;
      const token = secrets.note(bodyOf(device)['token']);
      secrets.note(PASSWORD);
      if ((await insist('PUT', `${path}/pin`, { pin: PIN }))?.status !== 200) return;
      for (let i = 0; i < ACTS; i++) {
        await pause(THINK_MS * (rnd.chance(0.2) ? 25 : 1));
        const what = rnd.below(12);
        if (what < 2) await signIn();
        else if (what < 5) await act();
        else if (what < 7) await refresh();
        else if (what < 8) await replay();
        else if (what < 11) await enterPin(token, path.slice('/users/'.length));
        else if (!(await suspend(path))) return;
      }
    },
  };
}
