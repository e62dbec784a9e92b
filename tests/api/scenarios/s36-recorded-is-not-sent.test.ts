import { openSmtpTransport } from '../../../src/adapters/mail/smtp.ts';
import type { EmailTransport } from '../../../src/ports/email-transport.ts';
import { type MailServer, startMailServer } from '../../support/mail-server.ts';
import { openDay, type ShopDay } from './support/shop-day.ts';

const MESSAGE = {
  channel: 'email',
  priority: 'NORMAL',
  recipient: 'marta@example.org',
  content: { subject: 'Your table', text: 'Ready at eight.' },
};

/** That a message is recorded, was attempted, and was accepted by the other side: three facts. */
describe('S36: recorded is not sent', () => {
  let day: ShopDay;
  let mail: MailServer;
  let email: EmailTransport;
  beforeEach(async () => {
    mail = await startMailServer();
    email = openSmtpTransport({ url: mail.url, from: 'shop@example.com' });
    day = await openDay({ world: { transports: { email } } });
  });
  afterEach(async () => {
    await day.stop();
    await email.close();
    await mail.close();
  });

  it('sends after a restart what was recorded and whose first attempt failed', async () => {
    mail.refuse({ code: 451, text: 'try again later' });
    const requested = await day.shop.post('/deliveries', MESSAGE);
    const path = `/deliveries/${String(requested.body['deliveryId'])}`;
    expect(requested.body).toMatchObject({ state: 'waiting', attemptCount: 0 });
    const attempted = await day.until(path, ({ state, attemptCount }) => {
      return state === 'waiting' && Number(attemptCount) > 0;
    });
    expect(attempted['attempts']).toMatchObject([{ attempt: 1, result: 'failed' }]);
    expect(mail.mails).toHaveLength(0);

    mail.refuse(undefined);
    await day.restart();
    const sent = await day.until(path, ({ state }) => state === 'succeeded', 60_000);
    expect(Number(sent['attemptCount'])).toBeGreaterThan(1);
    expect(mail.mails.map(({ to }) => to)).toEqual([['marta@example.org']]);
    await day.restart();
    await day.clock.advance(600_000);
    expect(mail.mails).toHaveLength(1);
  });

  it('sends after a restart what was recorded and never attempted', async () => {
    await day.restart({ transports: {} });
    const requested = await day.shop.post('/deliveries', MESSAGE);
    const path = `/deliveries/${String(requested.body['deliveryId'])}`;
    await day.clock.advance(5_000);
    const waiting = await day.shop.get(path);
    expect(waiting.body['state']).not.toBe('succeeded');
    await day.restart();
    await day.until(path, ({ state }) => state === 'succeeded', 60_000);
    expect(mail.mails).toHaveLength(1);
  });
});
