import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ApiClient, createApiClient } from '../../src/cli/api-client.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';

const KILLS = 3;
const MESSAGES = 12;
/** Messages in progress at one time, which a kill can leave without a known result. */
const AT_ONCE = 5;
const LONG_MS = 240_000;
const SENT_MS = 60_000;
const POLL_MS = 100;

interface Listed {
  readonly deliveryId: string;
  readonly state: string;
  readonly attemptCount: number;
}

let dataDir: string;
let mail: MailServer;
let server: ServerProcess;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tillstream-messages-'));
  mail = await startMailServer();
});
afterEach(async () => {
  await server.kill();
  await mail.close();
  rmSync(dataDir, { recursive: true });
});

async function start(): Promise<ApiClient> {
  server = await startServer(dataDir, { SMTP_URL: mail.url, MAIL_FROM: 'shop@example.com' });
  return createApiClient(server.url, keyOf(dataDir, 'manager'));
}

async function request(api: ApiClient, round: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < MESSAGES; i++) {
    const body = {
      ...{ channel: 'email', priority: 'NORMAL', recipient: `m${round}-${i}@example.org` },
      content: { subject: 'Your table', text: 'Ready at eight.' },
    };
    const answer = await api.post('/deliveries', { key: `r${round}-${i}`, body });
    expect(answer.status).toBe(202);
    ids.push(String(answer.body['deliveryId']));
  }
  return ids;
}

async function untilSent(api: ApiClient): Promise<readonly Listed[]> {
  const untilMs = Date.now() + SENT_MS;
  for (;;) {
    const { body } = await api.get('/deliveries?limit=200');
    const items = body['items'] as readonly Listed[];
    const unsent = items.filter(({ state }) => state !== 'succeeded');
    if (unsent.length === 0 || Date.now() > untilMs) return items;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

describe('A server that is killed while it sends messages', () => {
  it(
    'has sent each of them, again only after a kill, and each time with the same id',
    async () => {
      const ids: string[] = [];
      for (let round = 0; round < KILLS; round++) {
        const api = await start();
        let release = () => undefined as unknown;
        const requested = new Promise<void>((resolve) => (release = resolve));
        let accepted = 0;
        let killed: Promise<void> | undefined;
        // The mail server has the message, and its reply comes too late.
        mail.beforeAccept = async () => {
          await requested;
          accepted += 1;
          if (accepted >= AT_ONCE) await (killed ??= server.kill());
        };
        ids.push(...(await request(api, round)));
        const dead = new Promise((resolve) => server.process.once('exit', resolve));
        release();
        await dead;
      }
      mail.beforeAccept = undefined;
      const deliveries = await untilSent(await start());

      expect(deliveries.map(({ deliveryId }) => deliveryId).sort()).toEqual([...ids].sort());
      expect(deliveries.filter(({ state }) => state !== 'succeeded')).toEqual([]);
      const copies = new Map<string, (string | undefined)[]>();
      for (const { mail: received } of mail.mails) {
        const header = received.headers.get('x-tillstream-delivery');
        const reference = typeof header === 'string' ? header : '';
        copies.set(reference, [...(copies.get(reference) ?? []), received.messageId]);
      }
      expect([...copies.keys()].sort()).toEqual(ids.map((id) => `main.${id}`).sort());
      for (const { deliveryId, attemptCount } of deliveries) {
        const sent = copies.get(`main.${deliveryId}`) ?? [];
        expect(sent.length).toBeLessThanOrEqual(attemptCount);
        expect(new Set(sent).size).toBe(1);
      }
      expect(mail.mails.length).toBeGreaterThan(ids.length);
      expect(mail.mails.length - ids.length).toBeLessThanOrEqual(KILLS * AT_ONCE);
    },
    LONG_MS,
  );
});
