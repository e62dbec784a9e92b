import { type SmsSimulator, startSmsSimulator } from '../../../simulators/sms/server.ts';
import { openSmtpTransport } from '../../../src/adapters/mail/smtp.ts';
import { createHttpSms } from '../../../src/adapters/sms/http-sms.ts';
import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import type { Notification } from '../../../src/commands/notifications/notify.ts';
import { recipientDecider } from '../../../src/domain/notifications/index.ts';
import type { EmailTransport } from '../../../src/ports/email-transport.ts';
import { type MailServer, startMailServer } from '../../support/mail-server.ts';
import { openAccount, openShop, type Shop } from './support/shop.ts';

const update = (more: Record<string, unknown> = {}) => ({
  topic: 'shipping-update',
  personId: 'marta',
  contact: { name: 'Marta', email: 'marta@example.org' },
  variables: { orderNumber: '7', trackingNumber: 'TN-1' },
  ...more,
});

describe('Notifications', () => {
  let server: MailServer;
  let provider: SmsSimulator;
  let email: EmailTransport;
  let shop: Shop;
  const httpClient = createSafeFetch({ allowed: ['127.0.0.1'] });
  beforeEach(async () => {
    server = await startMailServer();
    provider = await startSmsSimulator({ port: 0, successPercent: 100 });
    email = openSmtpTransport({ url: server.url, from: 'shop@example.com' });
    const sms = createHttpSms({ httpClient, url: `${provider.url}/messages`, token: '', from: '' });
    shop = await openShop({ transports: { email, sms } });
  });
  afterEach(async () => {
    await shop.stop();
    await email.close();
    await server.close();
    await provider.close();
  });
  afterAll(() => httpClient.close());

  it('are sent to a customer in the language of the person, by e-mail and text message', async () => {
    const personId = await openAccount(shop, {
      name: 'Marta <b>',
      email: 'marta@example.org',
      phone: '+34 600 000 000',
    });
    await shop.post('/notification-preferences', { personId, language: 'es' });
    const sent = await shop.post('/notifications', update({ personId, contact: undefined }));
    expect(sent.status).toBe(202);
    expect(sent.body['suppressed']).toEqual([]);
    // Beside the welcome of a new account.
    const received = (await server.untilMails(2)).find(({ mail }) => mail.text?.includes('TN-1'));
    expect(received?.mail.subject).toBe('Tu pedido 7 está en camino');
    expect(received?.mail.html).toContain('Marta &lt;b&gt;');
    expect(await provider.untilMessages(2)).toContainEqual(
      expect.objectContaining({
        to: '+34600000000',
        text: 'Store a: el pedido 7 está en camino, seguimiento TN-1.',
      }),
    );
  });

  it('are not sent after the person has followed the link and confirmed', async () => {
    await shop.post('/notifications', update());
    const [received] = await server.untilMails(1);
    const unsubscribe = received?.mail.headers.get('list') as {
      unsubscribe?: { url?: string };
    };
    const path = new URL(unsubscribe.unsubscribe?.url ?? '').pathname;
    const page = await shop.world.call('GET', path, { key: null });
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    const done = await shop.world.call('POST', path, {
      key: null,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      raw: 'List-Unsubscribe=One-Click',
    });
    expect(done.status).toBe(200);
    const again = await shop.post('/notifications', update());
    expect(again.body).toMatchObject({
      deliveries: [],
      suppressed: [{ channel: 'email', reason: 'opted_out' }],
    });
    const forged = await shop.world.call('POST', `${path.slice(0, -1)}x`, { key: null });
    expect([forged.status, forged.body['code']]).toEqual([404, 'opt_out_link_invalid']);
  });

  it('are limited per day, except alerts', async () => {
    for (let i = 0; i < 5; i++) {
      const sms = update({ contact: { phone: '+34600000000' } });
      expect((await shop.post('/notifications', sms)).body['suppressed']).toEqual([]);
    }
    const sixth = await shop.post('/notifications', update({ contact: { phone: '+34600000000' } }));
    expect(sixth.body['suppressed']).toEqual([{ channel: 'sms', reason: 'limit' }]);
    const alert = await shop.post('/notifications', {
      topic: 'alert',
      personId: 'marta',
      contact: { phone: '+34600000000' },
      variables: { title: 'Disk full', details: 'now' },
    });
    expect(alert.body['suppressed']).toEqual([]);
  });

  it('of an event reach the person although the address changed after the decision', async () => {
    const { notifier, commands } = shop.world.app.services;
    const notification: Notification = {
      ...{ storeId: 'a', personId: 'marta', notificationId: 'event 1' },
      topic: 'welcome',
      ...{ variables: {}, correlationId: 'c', causationId: 'c' },
      ofEvent: true,
      actor: { kind: 'process', id: 'test' },
    };
    // A try that ended between its decision and its request.
    await commands.execute(recipientDecider, {
      command: { type: 'DecideNotification', data: { topic: 'welcome', email: 'old@example.org' } },
      context: {
        ...{ storeId: 'a', entityId: 'marta', commandId: 'event 1' },
        ...{ now: '2030-01-31T00:00:00.000Z', businessDay: '2030-01-31' },
      },
      ...{ actor: notification.actor, correlationId: 'c', causationId: 'c' },
    });
    const contact = { email: 'new@example.org' };
    const again = await notifier.notify({ ...notification, contact });
    expect(again.deliveries).toHaveLength(1);
    const [received] = await server.untilMails(1);
    expect(received?.to).toEqual(['new@example.org']);
    // It is requested now: another change of the address sends no second one.
    const third = await notifier.notify({ ...notification, contact: { email: 'x@example.org' } });
    expect(third.deliveries).toEqual([]);
  });

  it('whose template cannot be filled do not count for the limit', async () => {
    const { commands } = shop.world.app.services;
    const bad = await shop.post('/notifications', update({ variables: { orderNumber: '7' } }));
    expect(bad.body['code']).toBe('template_invalid');
    const { state } = await commands.load(recipientDecider, 'a', 'marta');
    expect(state.recent).toEqual([]);
  });

  it('have one line in each header, whatever the values hold', async () => {
    const variables = { orderNumber: '7\r\nBcc: all@example.org', trackingNumber: 'T' };
    await shop.post('/notifications', update({ variables }));
    const [received] = await server.untilMails(1);
    expect(received?.mail.bcc).toBeUndefined();
    expect(received?.to).toEqual(['marta@example.org']);
    expect(received?.mail.subject).toContain('7 Bcc: all@example.org');
  });

  it.each([
    ['phone', '600 000 000', 'it does not begin with + and a country code'],
    ['phone', '+34 100 000 000', 'the numbering plan of ES has no such number'],
    ['email', 'marta', 'one e-mail address'],
    ['email', 'marta@example.org,all@example.org', 'one e-mail address'],
  ])('are refused for a %s to which nothing can be sent: %s', async (field, value, reason) => {
    const refused = await shop.post('/notifications', update({ contact: { [field]: value } }));
    expect([refused.status, refused.body['code']]).toEqual([400, 'invalid_request']);
    expect(refused.body['errors']).toMatchObject([{ path: `/contact/${field}` }]);
    expect(refused.body['detail']).toContain(reason);
    expect(refused.text).not.toContain(value);
  });

  it('are refused while a variable is missing, and for another body with the same key', async () => {
    const missing = await shop.post('/notifications', update({ variables: { orderNumber: '7' } }));
    expect([missing.status, missing.body['code']]).toEqual([400, 'template_invalid']);
    expect(missing.body['detail']).toContain('trackingNumber');
    await shop.post('/notifications', update(), { key: 'same' });
    const variables = { orderNumber: '8', trackingNumber: 'TN-1' };
    const reused = await shop.post('/notifications', update({ variables }), { key: 'same' });
    expect(reused.body['code']).toBe('idempotency_key_reused');
  });

  it('say what the shop has saved last, after a preview', async () => {
    const template = {
      ...{ topic: 'welcome', language: 'en', subject: 'Hi {{ customerName }}' },
      ...{ text: 'a', html: '<p>a</p>', sms: 'a' },
    };
    const unknown = await shop.post('/notification-templates', { ...template, text: '{{ debt }}' });
    expect([unknown.status, unknown.body['code']]).toEqual([400, 'template_invalid']);
    const saved = await shop.post('/notification-templates', template);
    expect([saved.status, saved.body['version']]).toEqual([201, 1]);
    const preview = await shop.post('/notification-templates/preview', {
      ...{ topic: 'welcome', language: 'en', variables: { customerName: 'Marta' } },
    });
    expect(preview.body).toMatchObject({ version: 1, subject: 'Hi Marta' });
  });
});
