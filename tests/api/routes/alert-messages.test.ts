import { createHmac } from 'node:crypto';

import { openSmtpTransport } from '../../../src/adapters/mail/smtp.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import { createStandardWebhooks } from '../../../src/adapters/webhooks/standard-webhooks.ts';
import {
  type AlertCommand,
  type AlertContact,
  alertDecider,
} from '../../../src/domain/alerts/index.ts';
import { formatInstant } from '../../../src/domain/kernel/instant.ts';
import { SYSTEM_STORE } from '../../../src/domain/kernel/names.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type { EmailTransport } from '../../../src/ports/email-transport.ts';
import { startHttpServer, type TestServer } from '../../support/http-server.ts';
import { type MailServer, startMailServer } from '../../support/mail-server.ts';
import { openShop, type Shop } from './support/shop.ts';

const KEY = Buffer.alloc(24, 9);
const SECRET = `whsec_${KEY.toString('base64')}`;
const alertId = 'disk-low:till-1';
const raise: AlertCommand = {
  type: 'RaiseAlert',
  data: {
    ...{ rule: 'disk-low', subject: 'till-1', title: 'The disk is nearly full' },
    ...{ severity: 'CRITICAL', value: 95, threshold: 90, unit: '% in use' },
    ...{ detail: '12 MiB are free', runbook: 'disk-full.md' },
  },
};
const operator = { role: 'operator' } as const;

describe('Alerts reach people and systems', () => {
  let mail: MailServer;
  let email: EmailTransport;
  let pager: TestServer;
  let statuses: number[];
  let received: () => void;
  let shop: Shop;
  let commands: number;
  beforeEach(async () => {
    commands = 0;
    statuses = [];
    received = () => undefined;
    mail = await startMailServer();
    email = openSmtpTransport({ url: mail.url, from: 'till@example.com' });
    pager = await startHttpServer((_request, _req, res) => {
      res.writeHead(statuses.shift() ?? 204);
      res.end();
      received();
    });
    const url = `http://127.0.0.1:${pager.port}/hook`;
    const all = { severity: 'HIGH', fromLevel: 0 } as const;
    const webhook = { ...all, id: 'pager', url, secrets: [SECRET] };
    const alertContacts: AlertContact[] = [
      { ...all, id: 'on-call', email: 'ana@example.org', language: 'en' },
      { ...all, id: 'owner', email: 'owner@example.org', language: 'es', fromLevel: 1 },
      webhook,
    ];
    const webhooks = createStandardWebhooks({
      httpClient: createSafeFetch({ allowed: ['127.0.0.1'] }),
      clock: systemClock,
      targets: [webhook],
    });
    shop = await openShop({ alertContacts, transports: { email, webhooks } });
  });
  afterEach(async () => {
    await shop.stop();
    await email.close();
    await mail.close();
    await pager.stop();
  });

  async function execute(command: AlertCommand, storeId = SYSTEM_STORE): Promise<void> {
    const commandId = `command-${++commands}`;
    const now = formatInstant(systemClock.now());
    await shop.world.app.services.commands.execute(alertDecider, {
      command,
      context: { storeId, entityId: alertId, commandId, now, businessDay: now.slice(0, 10) },
      actor: { kind: 'system', id: 'till-1' },
      ...{ correlationId: commandId, causationId: commandId },
    });
  }

  const untilCalled = (count: number) =>
    new Promise<void>((resolve) => {
      received = () => {
        if (pager.requests.length >= count) resolve();
      };
      received();
    });

  const types = () => pager.requests.map(({ body }) => (JSON.parse(body) as { type: string }).type);

  it('when they are raised, and more of them until a person acknowledges', async () => {
    await execute(raise);
    await execute(raise);
    const [first] = await mail.untilMails(1);
    await untilCalled(1);
    expect(first).toMatchObject({ to: ['ana@example.org'] });
    expect(first?.mail.subject).toBe('CRITICAL: The disk is nearly full (till-1)');
    expect(first?.mail.text).toContain('12 MiB are free. Measured: 95 % in use');
    expect(first?.mail.text).toContain('Tillstream');

    await execute({ type: 'EscalateAlert', data: { level: 1 } });
    await mail.untilMails(3);
    await untilCalled(2);
    expect(mail.mails.flatMap(({ to }) => to).sort()).toEqual([
      'ana@example.org',
      'ana@example.org',
      'owner@example.org',
    ]);

    const path = `/alerts/system/${encodeURIComponent(alertId)}/acknowledge`;
    expect((await shop.post(path, {}, operator)).status).toBe(200);
    await execute({ type: 'EscalateAlert', data: { level: 2 } });
    await execute({ type: 'ClearAlert', data: {} });
    await untilCalled(4);
    expect(types()).toEqual([
      'alert.raised',
      'alert.escalated',
      'alert.acknowledged',
      'alert.resolved',
    ]);
    expect(mail.mails).toHaveLength(3);
  }, 60_000);

  it('signed, again after a failure, with the same id and body', async () => {
    statuses = [503];
    await execute(raise, 'a');
    await untilCalled(2);

    const [failed, accepted] = pager.requests;
    expect(accepted?.body).toBe(failed?.body);
    const headers: Readonly<Record<string, unknown>> = accepted?.headers ?? {};
    const body = accepted?.body ?? '';
    expect(headers['webhook-id']).toBe(failed?.headers['webhook-id']);
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const mac = createHmac('sha256', KEY).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${mac}`);
    expect(JSON.parse(body)).toMatchObject({
      type: 'alert.raised',
      data: { alertId, storeId: 'a', severity: 'CRITICAL', level: 0, occurrence: 1 },
    });

    const { body: listed } = await shop.get('/deliveries?channel=webhook');
    expect(listed['items']).toMatchObject([
      { queue: 'alert-webhooks', topic: 'alert', recipient: 'pager', priority: 'CRITICAL' },
    ]);
    const health = await shop.get('/health/detailed', operator);
    expect(health.body['queues']).toMatchObject({ webhook: { healthy: true, failed: 1 } });
  }, 60_000);

  it('as deliveries of the installation, which its operators retry and cancel', async () => {
    statuses = [410, 410];
    await execute(raise);
    await mail.untilMails(1);
    await untilCalled(1);

    const list = '/deliveries/system?channel=webhook&state=parked';
    const parkedAfter = async (attempts: number): Promise<string> => {
      let parked = 0;
      for await (const message of shop.world.log.subscribe({
        ...{ after: START, categories: ['delivery'], signal: AbortSignal.timeout(30_000) },
      })) {
        if (message.kind !== 'events') continue;
        parked += message.events.filter(({ type }) => type === 'DeliveryParked').length;
        if (parked >= attempts) break;
      }
      const { body } = await shop.get(list, operator);
      const [found] = body['items'] as Record<string, unknown>[];
      expect(found).toMatchObject({ attemptCount: attempts });
      return String(found?.['deliveryId']);
    };
    const path = `/deliveries/system/${await parkedAfter(1)}`;
    const { body } = await shop.get(path, operator);
    expect(body).toMatchObject({ state: 'parked', code: 'webhook_410' });
    expect(JSON.stringify(body)).not.toContain(SECRET);
    expect((await shop.get(path)).status).toBe(403);
    expect((await shop.post(`${path}/retry`, {}, operator)).status).toBe(200);
    await parkedAfter(2);
    const cancelled = await shop.post(`${path}/cancel`, { reason: 'told by phone' }, operator);
    expect(cancelled.status).toBe(200);
    expect(shop.world.lines.join('')).not.toContain(SECRET);
  }, 60_000);
});
