import { openSmtpTransport } from '../../../src/adapters/mail/smtp.ts';
import type { EmailTransport } from '../../../src/ports/email-transport.ts';
import { type MailServer, startMailServer } from '../../support/mail-server.ts';
import { openShop, type Shop } from './support/shop.ts';

const mail = (more: Record<string, unknown> = {}) => ({
  channel: 'email',
  priority: 'NORMAL',
  recipient: 'marta@example.org',
  content: { subject: 'Your table', text: 'Ready at eight.' },
  ...more,
});

describe('Deliveries', () => {
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

  async function untilState(deliveryId: string, state: string) {
    for (;;) {
      const { body } = await shop.get(`/deliveries/${deliveryId}`);
      if (body['state'] === state) return body;
      const head = await shop.world.log.head();
      const controller = new AbortController();
      for await (const message of shop.world.log.subscribe({
        after: head,
        signal: controller.signal,
      })) {
        if (message.kind === 'events') break;
        const again = await shop.get(`/deliveries/${deliveryId}`);
        if (again.body['state'] === state) return again.body;
      }
    }
  }

  it('are sent over SMTP, with one Message-ID for the delivery', async () => {
    const requested = await shop.post('/deliveries', mail());
    expect(requested.status).toBe(202);
    const deliveryId = String(requested.body['deliveryId']);
    expect(requested.headers.get('location')).toBe(`/deliveries/${deliveryId}`);
    const [received] = await server.untilMails(1);
    const delivery = await untilState(deliveryId, 'succeeded');

    expect(received).toMatchObject({ to: ['marta@example.org'], from: 'shop@example.com' });
    expect(received?.mail.subject).toBe('Your table');
    expect(received?.mail.text?.trim()).toBe('Ready at eight.');
    const attempts = delivery['attempts'] as { key: string; result: string }[];
    expect(attempts).toMatchObject([{ attempt: 1, result: 'succeeded' }]);
    expect(attempts[0]?.key).toHaveLength(33);
    expect(received?.mail.messageId).toBe(`<${attempts[0]?.key}@example.com>`);
  });

  it('are sent once for a repeated request', async () => {
    const first = await shop.post('/deliveries', mail(), { key: 'same' });
    const again = await shop.post('/deliveries', mail(), { key: 'same' });
    expect(again.body).toEqual(first.body);
    await untilState(String(first.body['deliveryId']), 'succeeded');
    expect(server.mails).toHaveLength(1);
  });

  it('are parked with the reason in words, listed, corrected and sent again', async () => {
    server.refuse({ code: 550, text: 'no such user marta@example.org' });
    const requested = await shop.post('/deliveries', mail());
    const deliveryId = String(requested.body['deliveryId']);
    const parked = await untilState(deliveryId, 'parked');
    expect(parked).toMatchObject({
      code: 'smtp_550',
      reason: 'The mail server refused the address: there may be no such mailbox.',
    });
    const list = await shop.get('/deliveries?state=parked');
    expect(list.body['items']).toMatchObject([{ deliveryId, state: 'parked' }]);
    expect(list.text).not.toContain('Ready at eight');

    server.refuse(undefined);
    const resent = await shop.post(`/deliveries/${deliveryId}/resend`, {
      recipient: 'marta.ruiz@example.org',
    });
    expect([resent.status, resent.body['state']]).toEqual([200, 'waiting']);
    await untilState(deliveryId, 'succeeded');
    expect(server.mails.map(({ to }) => to)).toEqual([['marta.ruiz@example.org']]);
  });

  it('that are parked are sent again together', async () => {
    server.refuse({ code: 554, text: 'spam' });
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { body } = await shop.post('/deliveries', mail());
      ids.push(String(body['deliveryId']));
      await untilState(ids[i] as string, 'parked');
    }
    server.refuse(undefined);
    const retried = await shop.post('/deliveries/retry', { since: '2020-01-01T00:00:00Z' });
    expect(retried.body).toEqual({ retried: ids, more: false });
    for (const id of ids) await untilState(id, 'succeeded');
    expect(server.mails).toHaveLength(3);
  });

  it('are refused with an address that is none, or a line end in a header', async () => {
    for (const bad of [
      mail({ recipient: 'marta@example.org, all@example.org' }),
      mail({ recipient: 'Marta <marta@example.org>' }),
      mail({ content: { subject: 'a\nBcc: all@example.org', text: 'b' } }),
      mail({ content: { text: 'b' } }),
      mail({ channel: 'sms' }),
    ]) {
      const answer = await shop.post('/deliveries', bad);
      expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
    }
    expect(server.mails).toHaveLength(0);
  });

  it('that were sent are not sent again', async () => {
    const { body } = await shop.post('/deliveries', mail());
    const deliveryId = String(body['deliveryId']);
    await untilState(deliveryId, 'succeeded');
    const answer = await shop.post(`/deliveries/${deliveryId}/retry`, {});
    expect([answer.status, answer.body['code']]).toEqual([422, 'delivery_succeeded']);
  });

  it('keep addresses and messages out of the logs', async () => {
    const { body } = await shop.post('/deliveries', mail());
    await untilState(String(body['deliveryId']), 'succeeded');
    const logged = shop.world.lines.join('\n');
    expect(logged).not.toContain('marta@example.org');
    expect(logged).not.toContain('Ready at eight');
  });

  it('that wait or are parked can be cancelled, and are not sent any more', async () => {
    server.refuse({ code: 550, text: 'no such mailbox' });
    const parked = await shop.post('/deliveries', mail());
    const deliveryId = String(parked.body['deliveryId']);
    await untilState(deliveryId, 'parked');
    const path = `/deliveries/${deliveryId}`;
    const cancelled = await shop.post(`${path}/cancel`, { reason: 'no longer needed' });
    expect([cancelled.status, cancelled.body['state']]).toEqual([200, 'cancelled']);
    expect((await shop.get(path)).body).toMatchObject({
      ...{ state: 'cancelled', reason: 'no longer needed' },
    });
    for (const action of ['retry', 'cancel']) {
      const again = await shop.post(`${path}/${action}`, {
        ...(action === 'cancel' && { reason: 'x' }),
      });
      expect([again.status, again.body['code']]).toEqual([422, 'delivery_cancelled']);
    }
  });
});
