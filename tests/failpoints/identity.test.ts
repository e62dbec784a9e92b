import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Acknowledged, checkEverything } from '../crash/checkers.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { shopEntry } from '../support/shops-file.ts';

const PRELOAD = new URL('./failpoints.preload.mjs', import.meta.url).href;
const LONG_MS = 600_000;
const [PASSWORD, OTHER_PASSWORD] = ['seven wet umbrellas', 'eight dry lanterns'];
const PIN = '4711';
/** Nothing ends so early that fewer steps are met. */
const FEWEST_DEATHS = { 'vault.db': 15, 'log.db': 8 };
const LIMITS = '{"login":{"maxRequests":10000},"refresh":{"maxRequests":10000}}';

type Body = Readonly<Record<string, unknown>>;

/** What the server has acknowledged in one round; what is absent was cut off by its death. */
interface Round {
  readonly name: string;
  userId?: string;
  pin?: true;
  /** Refresh tokens that were exchanged, or whose session was signed out. */
  readonly over: string[];
  /** The refresh token of the open session. */
  refresh?: string;
  key?: string;
  rotated?: string;
  device?: string;
  /** Another password was asked for. */
  isChanging?: true;
  newPassword?: true;
  /** Everything was acknowledged. */
  complete?: true;
}

let dataDir: string;
let server: ServerProcess | undefined;
const armed = () => join(dataDir, 'failpoint-armed');
const adminKey = 'key-of-the-administrator';
const emailOf = ({ name }: Round) => `${name}@shop.example`;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tillstream-identity-'));
  const entry = shopEntry('main', (role) => (role === 'admin' ? adminKey : `key-of-${role}`));
  writeFileSync(join(dataDir, 'stores.json'), JSON.stringify([entry]));
});
afterEach(async () => {
  await server?.kill();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Sent {
  readonly key?: string;
  /** A position that what is read has to have reached. */
  readonly position?: string;
}

async function ask(method: string, path: string, token?: string, body?: Body, sent: Sent = {}) {
  const { key, position } = sent;
  const response = await fetch(new URL(path, server?.url), {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(position !== undefined && { 'tillstream-position': position }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

/** @throws Error when the answer is another one, and TypeError when there is none. */
async function must(...[method, path, token, body, sent]: Parameters<typeof ask>): Promise<Body> {
  const answer = await ask(method, path, token, body, sent);
  if (answer.status < 300) return answer.body;
  throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

const login = (round: Round, password: string) =>
  ask('POST', '/auth/login', undefined, { email: emailOf(round), password });
const refresh = (refreshToken: string) => ask('POST', '/auth/refresh', undefined, { refreshToken });

/** Writes with a key, which give the same again when they are repeated. */
function createWrites(round: Round) {
  const { name } = round;
  const write = (method: string, path: string, what: string, body: Body) =>
    must(method, path, adminKey, body, { key: `${name}-${what}` });
  const person = { email: emailOf(round), password: PASSWORD, roles: [{ role: 'waiter' }] };
  return {
    addUser: () => write('POST', '/users', 'user', person),
    setPin: (userId: string) => write('PUT', `/users/${userId}/pin`, 'pin', { pin: PIN }),
    addKey: () => write('POST', '/keys', 'key', { name, role: 'viewer' }),
    rotateKey: (id: string) => write('POST', `/keys/${id}/rotate`, 'rotate', {}),
    addDevice: () => write('POST', '/devices', 'device', { name, branchId: 'main' }),
  };
}

/** Notes each acknowledgement as it comes, until the server is gone. */
async function workThrough(round: Round): Promise<void> {
  const writes = createWrites(round);
  round.userId = String((await writes.addUser())['userId']);
  await writes.setPin(round.userId);
  round.pin = true;

  const credentials = { email: emailOf(round), password: PASSWORD };
  const first = await must('POST', '/auth/login', undefined, credentials);
  const used = { refreshToken: first['refreshToken'] };
  const next = await must('POST', '/auth/refresh', undefined, used);
  round.over.push(String(first['refreshToken']));
  await must('POST', '/auth/logout', String(next['accessToken']), {});
  round.over.push(String(next['refreshToken']));

  const added = await writes.addKey();
  round.key = String(added['key']);
  round.rotated = String((await writes.rotateKey(String(added['keyId'])))['key']);
  round.device = String((await writes.addDevice())['token']);
  await must('POST', '/auth/pin', round.device, { userId: round.userId, pin: PIN });

  const last = await must('POST', '/auth/login', undefined, credentials);
  round.refresh = String(last['refreshToken']);
  const passwords = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
  const token = String(last['accessToken']);
  round.isChanging = true;
  await must('PUT', '/auth/password', token, passwords, { key: `${round.name}-password` });
  round.newPassword = true;
  round.complete = true;
}

/** Looks at what the death has left, and completes what it cut off. */
async function checkRound(round: Round): Promise<void> {
  const { userId, over, key, rotated, device } = round;
  for (const token of over) expect((await refresh(token)).status).toBe(401);
  for (const secret of [key, rotated]) {
    if (secret !== undefined) expect((await ask('GET', '/products', secret)).status).toBe(200);
  }

  const writes = createWrites(round);
  const user = await writes.addUser();
  const again = String(user['userId']);
  if (userId !== undefined) expect(again).toBe(userId);
  const written = { position: String(user['position']) };
  const found = `/users?email=${emailOf(round)}`;
  const { items } = await must('GET', found, adminKey, undefined, written);
  expect(items).toMatchObject([{ userId: again, status: 'active' }]);
  await writes.setPin(again);
  const added = await writes.addKey();
  if (key !== undefined) expect(added['key']).toBe(key);
  const replaced = String((await writes.rotateKey(String(added['keyId'])))['key']);
  if (rotated !== undefined) expect(replaced).toBe(rotated);
  expect((await ask('GET', '/products', replaced)).status).toBe(200);
  const till = String((await writes.addDevice())['token']);
  if (device !== undefined) expect(till).toBe(device);
  const pin = { userId: again, pin: PIN };
  expect((await ask('POST', '/auth/pin', till, pin)).status).toBe(200);

  await checkPassword(round, written);
}

/** One password is valid, whenever the death came: the new one once its event is in the log. */
async function checkPassword(round: Round, written: Sent): Promise<void> {
  const [before, after] = [await login(round, PASSWORD), await login(round, OTHER_PASSWORD)];
  const path = `/history?entity=${round.userId ?? ''}`;
  const isChanged =
    round.userId !== undefined &&
    JSON.stringify(await must('GET', path, adminKey, undefined, written)).includes(
      'UserPasswordChanged',
    );
  expect([before.status, after.status]).toEqual(isChanged ? [401, 200] : [200, 401]);
  if (round.newPassword) expect(isChanged).toBe(true);
  if (round.refresh === undefined) return;
  const { status } = await refresh(round.refresh);
  // A change of the password ends all sessions, at once or together with the death.
  if (round.newPassword) expect(status).toBe(401);
  if (!round.isChanging) expect(status).toBe(200);
}

const keysOf = (round: Round): Acknowledged[] =>
  [
    round.userId === undefined ? [] : ['user'],
    round.pin ? ['pin'] : [],
    round.key === undefined ? [] : ['key'],
    round.rotated === undefined ? [] : ['rotate'],
    round.device === undefined ? [] : ['device'],
    round.newPassword ? ['password'] : [],
  ]
    .flat()
    .map((what) => ({ key: `${round.name}-${what}`, position: undefined }));

/** Dies in the nth commit from now on. @returns whether it did. */
async function dies(round: Round): Promise<boolean> {
  writeFileSync(armed(), '');
  let failure: Error | undefined;
  await workThrough(round).catch((error: unknown) => (failure = error as Error));
  // Of another realm, so that instanceof does not know it.
  const isGone = String(failure).startsWith('TypeError: ');
  if (failure !== undefined && !isGone) throw failure;
  await server?.kill();
  return isGone;
}

describe('A server that dies in a write about users, sessions, keys and devices', () => {
  // Whatever it leaves behind is what the last commit of one of these files left.
  it.each(['vault.db', 'log.db'] as const)(
    'keeps what it acknowledged, and can complete the rest: after each commit of %s',
    async (file) => {
      const rounds: Round[] = [];
      for (let nth = 1; rounds.at(-1)?.complete === undefined; nth++) {
        if (existsSync(armed())) rmSync(armed());
        server = await startServer(dataDir, {
          NODE_OPTIONS: `--import ${PRELOAD}`,
          FAILPOINT: [file, 'after', 'COMMIT', nth].join('|'),
          FAILPOINT_ARMED: armed(),
          RATE_LIMITS: LIMITS,
        });
        const before = rounds.at(-1);
        if (before) await checkRound(before);
        const round: Round = { name: `${file.slice(0, 3)}-${nth}`, over: [] };
        rounds.push(round);
        const isKilled = await dies(round);
        expect(server.process.signalCode).toBe('SIGKILL');
        expect(isKilled).toBe(round.complete === undefined);
      }
      expect(rounds.length - 1).toBeGreaterThanOrEqual(FEWEST_DEATHS[file]);
      await checkEverything(dataDir, rounds.flatMap(keysOf));
    },
    LONG_MS,
  );
});
