import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ApiClient, createApiClient } from '../../src/cli/api-client.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { shopEntry } from '../support/shops-file.ts';
import { type Acknowledged, checkEverything } from './checkers.ts';

/** What an operator is told to wait before a kill. */
const STOP_LIMIT_MS = 30_000;
/** A second signal waits for nothing. */
const AT_ONCE_MS = 5_000;
const LONG_MS = 120_000;
const POLL_MS = 50;
const LOGINS = 8;
const ORDERS = 200;
const PASSWORD = 'seven wet umbrellas';
const LIMITS = '{"login":{"maxRequests":1000},"refresh":{"maxRequests":1000}}';

let dataDir: string;
let server: ServerProcess;
let mail: MailServer;
const keyOf = (role: string) => `key-of-${role}`;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tillstream-shutdown-'));
  writeFileSync(join(dataDir, 'stores.json'), JSON.stringify([shopEntry('main', keyOf)]));
  mail = await startMailServer();
});
afterEach(async () => {
  await server.kill();
  await mail.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(role = 'admin'): Promise<ApiClient> {
  const env = { SMTP_URL: mail.url, MAIL_FROM: 'shop@example.com', RATE_LIMITS: LIMITS };
  server = await startServer(dataDir, env);
  return createApiClient(server.url, keyOf(role));
}

/** Asks it to stop, and measures how long it takes. */
async function stopped(): Promise<{ code: number | null; ms: number }> {
  const sinceMs = performance.now();
  const code = await server.stop();
  return { code, ms: performance.now() - sinceMs };
}

async function stopsInTime(): Promise<void> {
  const { code, ms } = await stopped();
  expect(code).toBe(0);
  expect(ms).toBeLessThan(STOP_LIMIT_MS);
}

async function placeOrders(api: ApiClient, count: number): Promise<Acknowledged[]> {
  const lines = [{ name: 'Bread', quantity: '2', unitPriceMinor: 150 }];
  const places = Array.from({ length: count }, async (_, i) => {
    const key = `${i}-order`;
    const answer = await api.post('/orders', { key, body: { currency: 'USD', lines } });
    expect(answer.status).toBe(202);
    return { key, position: answer.position };
  });
  return Promise.all(places);
}

interface Message {
  readonly id: string;
  /** Resolves when the mail server has the message, whose acceptance then waits for `accept`. */
  readonly arrived: Promise<void>;
  accept(): void;
}

async function sendMessage(api: ApiClient): Promise<Message> {
  let accept: () => void = () => undefined;
  const accepted = new Promise<void>((resolve) => (accept = resolve));
  const arrived = new Promise<void>((resolve) => {
    mail.beforeAccept = async () => {
      resolve();
      await accepted;
    };
  });
  const body = {
    ...{ channel: 'email', priority: 'NORMAL', recipient: 'ana@example.org' },
    content: { subject: 'Your table', text: 'Ready at eight.' },
  };
  const answer = await api.post('/deliveries', { key: 'message', body });
  expect(answer.status).toBe(202);
  return { id: String(answer.body['deliveryId']), arrived, accept };
}

async function untilSent(api: ApiClient, { id }: Message) {
  const untilMs = performance.now() + STOP_LIMIT_MS;
  for (;;) {
    const { body } = await api.get(`/deliveries/${id}`);
    if (body['state'] === 'succeeded' || performance.now() > untilMs) return body;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function addUsers(api: ApiClient): Promise<string[]> {
  const emails = Array.from({ length: LOGINS }, (_, i) => `user-${i}@shop.example`);
  for (const [i, email] of emails.entries()) {
    const body = { email, password: PASSWORD, roles: [{ role: 'waiter' }] };
    expect((await api.post('/users', { key: `${i}-user`, body })).status).toBe(201);
  }
  return emails;
}

describe('A server that is asked to stop', () => {
  it(
    'during logins: answers those that it has, and their sessions go on after the next start',
    async () => {
      const api = await start();
      const emails = await addUsers(api);
      const logins = emails.map((email, i) =>
        api.post('/auth/login', { key: `login-${i}`, body: { email, password: PASSWORD } }),
      );
      await Promise.race(logins);
      await stopsInTime();
      const answers = await Promise.all(logins);
      expect(answers.map(({ status }) => status)).toEqual(emails.map(() => 200));

      const again = await start();
      for (const [i, { body }] of answers.entries()) {
        const refresh = { refreshToken: body['refreshToken'] };
        const answer = await again.post('/auth/refresh', { key: `refresh-${i}`, body: refresh });
        expect(answer.status).toBe(200);
      }
      await stopsInTime();
      const keys = emails.map((_, i) => ({ key: `${i}-user`, position: undefined }));
      await checkEverything(dataDir, keys);
    },
    LONG_MS,
  );

  it(
    'during a rebuild: leaves it, and the read model equals the log after the next start',
    async () => {
      const acknowledged = await placeOrders(await start(), ORDERS);
      const operator = createApiClient(server.url, keyOf('operator'));
      const body = { reason: 'a drill' };
      const started = await operator.post('/projections/order-list/rebuild', { key: 'r-1', body });
      expect(started.status).toBe(202);
      await stopsInTime();
      await checkEverything(dataDir, acknowledged);
    },
    LONG_MS,
  );

  it(
    'during a delivery: waits for its result, so that it is sent once',
    async () => {
      const api = await start();
      const message = await sendMessage(api);
      await message.arrived;
      const stopping = stopsInTime();
      message.accept();
      await stopping;
      expect(mail.mails).toHaveLength(1);

      const found = await untilSent(await start(), message);
      expect(found).toMatchObject({ state: 'succeeded', attemptCount: 1 });
      expect(mail.mails).toHaveLength(1);
    },
    LONG_MS,
  );

  it(
    'during a delivery without a result: gives it up in time, and sends it after the next start',
    async () => {
      const message = await sendMessage(await start());
      await message.arrived;
      await stopsInTime();
      message.accept();
      mail.beforeAccept = undefined;
      const found = await untilSent(await start(), message);
      expect(found).toMatchObject({ state: 'succeeded', attemptCount: 2 });
    },
    LONG_MS,
  );

  it(
    'twice: stops at once with exit code 1, and has lost nothing that it acknowledged',
    async () => {
      const api = await start();
      const acknowledged = await placeOrders(api, ORDERS);
      const message = await sendMessage(api);
      await message.arrived;
      const first = server.stop();
      await new Promise<void>((resolve) => {
        const look = setInterval(() => {
          if (!server.output().includes('finishing running work')) return;
          clearInterval(look);
          resolve();
        }, POLL_MS);
      });
      const { code, ms } = await stopped();
      expect(code).toBe(1);
      expect(ms).toBeLessThan(AT_ONCE_MS);
      expect(await first).toBe(1);
      message.accept();
      mail.beforeAccept = undefined;

      const found = await untilSent(await start(), message);
      expect(found).toMatchObject({ state: 'succeeded' });
      await stopsInTime();
      await checkEverything(dataDir, acknowledged);
    },
    LONG_MS,
  );
});
