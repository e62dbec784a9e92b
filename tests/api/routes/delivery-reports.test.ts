import { createHmac } from 'node:crypto';

import { type SmsSimulator, startSmsSimulator } from '../../../simulators/sms/server.ts';
import { openSmtpTransport } from '../../../src/adapters/mail/smtp.ts';
import { createHttpSms } from '../../../src/adapters/sms/http-sms.ts';
import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import type { EmailTransport } from '../../../src/ports/email-transport.ts';
import { type MailServer, startMailServer } from '../../support/mail-server.ts';
import { REPORT_SECRET } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

interface Report {
  readonly at: string;
  readonly reference: string;
  readonly event: string;
  readonly reportId: string;
}

function signed(report: Partial<Report>, secret = REPORT_SECRET) {
  const full = { at: '2030-01-31T08:00:00Z', event: 'bounced', reportId: 'r-1', ...report };
  const text = [full.at, full.reference, full.event, full.reportId].join('.');
  return { ...full, signature: createHmac('sha256', secret).update(text).digest('hex') };
}

describe('Reports about messages that were sent', () => {
  let server: MailServer;
  let email: EmailTransport;
  let shop: Shop;
  beforeEach(async () => {
    server = await startMailServer();
    email = openSmtpTransport({ url: server.url, from: 'shop@example.com' });
    shop = await openShop({ transports: { email } });
  });
  afterEach(async () => {
    await shop.stop();
    await email.close();
    await server.close();
  });

  const report = (body: object) =>
    shop.world.call('POST', '/delivery-reports', { key: null, json: body });

  const notify = (more: Record<string, unknown> = {}) =>
    shop.post('/notifications', {
      ...{ topic: 'welcome', personId: 'marta' },
      contact: { email: 'marta@example.org' },
      ...more,
    });

  async function sent(more: Record<string, unknown> = {}): Promise<string> {
    const { body } = await notify(more);
    const [delivery] = body['deliveries'] as { deliveryId: string }[];
    await server.untilMails(1);
    return delivery?.deliveryId ?? '';
  }

  /** Notifies with further topics until the process has recorded what follows from a report. */
  async function untilSuppressed(more: Record<string, unknown> = {}): Promise<unknown> {
    for (let tries = 0; tries < 20; tries++) {
      const again = await notify(more);
      const suppressed = again.body['suppressed'] as unknown[];
      if (suppressed.length > 0) return suppressed;
    }
    throw new Error('expected a message to be suppressed');
  }

  it('show on the delivery, each once', async () => {
    const deliveryId = await sent();
    const reference = `a.${deliveryId}`;
    for (const event of ['delivered', 'opened', 'opened']) {
      const done = await report(signed({ reference, event }));
      expect([done.status, done.body]).toEqual([200, { deliveryId }]);
    }
    const { body } = await shop.get(`/deliveries/${deliveryId}`);
    const reports = body['reports'] as { report: string }[];
    expect(reports.map((one) => one.report)).toEqual(['delivered', 'opened']);
    expect((await shop.get('/deliveries', { store: 'b' })).body['items']).toEqual([]);
  });

  it('of a bounce stop messages to the address, until the person has another or it is restored', async () => {
    await report(signed({ reference: `a.${await sent()}` }));
    expect(await untilSuppressed()).toEqual([{ channel: 'email', reason: 'bouncing' }]);
    const other = await notify({ contact: { email: 'marta.ruiz@example.org' } });
    expect(other.body['suppressed']).toEqual([]);
    await shop.post('/notification-preferences/restore', { personId: 'marta', channel: 'email' });
    expect((await notify()).body['suppressed']).toEqual([]);
  });

  it('of a complaint opt the person out of the topic only', async () => {
    await report(signed({ reference: `a.${await sent()}`, event: 'complained' }));
    expect(await untilSuppressed()).toEqual([{ channel: 'email', reason: 'opted_out' }]);
    const variables = { orderNumber: '1', total: '1.00 USD' };
    const other = await notify({ topic: 'order-confirmation', variables });
    expect(other.body['suppressed']).toEqual([]);
  });

  it('are not needed for a mailbox that the mail server does not know', async () => {
    server.refuse({ code: 550, text: '5.1.1 no such mailbox' });
    await notify();
    expect(await untilSuppressed()).toEqual([{ channel: 'email', reason: 'bouncing' }]);
  });

  it('are refused without the signature of the installation, and change nothing', async () => {
    const deliveryId = await sent();
    const reference = `a.${deliveryId}`;
    const good = signed({ reference });
    for (const bad of [
      signed({ reference }, 'another secret'),
      { ...good, event: 'complained' },
      { ...good, reference: `b.${deliveryId}` },
      { ...good, reportId: 'r-2' },
    ]) {
      const refused = await report(bad);
      expect([refused.status, refused.body['code']]).toEqual([401, 'report_signature_invalid']);
    }
    for (const unknown of [`b.${deliveryId}`, `zz.${deliveryId}`, 'a.none']) {
      const missing = await report(signed({ reference: unknown }));
      expect([missing.status, missing.body['code']]).toEqual([404, 'delivery_not_found']);
    }
    expect((await shop.get(`/deliveries/${deliveryId}`)).body['reports']).toEqual([]);
  });
});

describe('The simulated provider of text messages', () => {
  it('reports a number to which messages come back', async () => {
    const httpClient = createSafeFetch({ allowed: ['127.0.0.1'] });
    const reports = { url: '', secret: REPORT_SECRET };
    const provider: SmsSimulator = await startSmsSimulator({
      port: 0,
      successPercent: 100,
      reports,
    });
    const sms = createHttpSms({ httpClient, url: `${provider.url}/messages`, token: '', from: '' });
    const shop = await openShop({ transports: { sms } });
    reports.url = `${shop.world.url}/delivery-reports`;
    const send = (topic: string) =>
      shop.post('/notifications', {
        ...{ topic, personId: 'marta', variables: { title: 't', details: 'd' } },
        contact: { phone: '+34600000410' },
      });
    try {
      const { body } = await send('alert');
      const [delivery] = body['deliveries'] as { deliveryId: string }[];
      await provider.untilMessages(1);
      await shop.world.untilLogged('/delivery-reports', 0);
      const found = await shop.get(`/deliveries/${delivery?.deliveryId}`);
      expect(found.body['reports']).toMatchObject([{ report: 'bounced' }]);
    } finally {
      await shop.stop();
      await provider.close();
      httpClient.close();
    }
  });
});
