import { openSmtpTransport } from '../../../src/adapters/mail/smtp.ts';
import type { EmailTransport } from '../../../src/ports/email-transport.ts';
import { type MailServer, startMailServer } from '../../support/mail-server.ts';
import { openProvider, type SimulatedProvider } from '../../support/payments.ts';
import { openAccount, openShop, saleOf, type Shop } from './support/shop.ts';

describe('Events notify people by e-mail', () => {
  let server: MailServer;
  let email: EmailTransport;
  let payments: SimulatedProvider;
  let shop: Shop;
  beforeEach(async () => {
    server = await startMailServer();
    email = openSmtpTransport({ url: server.url, from: 'shop@example.com' });
    payments = await openProvider({ permanentRate: 1 });
    shop = await openShop({ transports: { email }, paymentProvider: payments.provider });
  });
  afterEach(async () => {
    await shop.stop();
    await email.close();
    await server.close();
    await payments.stop();
  });

  const subjects = () => server.mails.map(({ mail }) => mail.subject);

  async function marta(more: Record<string, unknown> = {}): Promise<string> {
    return openAccount(shop, { email: 'marta@example.org', ...more });
  }

  async function orderOf(customerId: string, more: Record<string, unknown> = {}): Promise<string> {
    const placed = await shop.post('/orders', saleOf(1250, { customerId, ...more }));
    expect(placed.status).toBe(202);
    return String(placed.body['orderId']);
  }

  async function report(orderId: string, status: string, more: Record<string, unknown> = {}) {
    const reported = await shop.post(`/orders/${orderId}/status`, { status, ...more });
    expect(reported.status).toBe(200);
  }

  it('welcome, then the confirmation of an order and its shipping, in this order', async () => {
    const customerId = await marta();
    await server.untilMails(1);
    const orderId = await orderOf(customerId);
    await report(orderId, 'CONFIRMED');
    await report(orderId, 'SHIPPED', { trackingNumber: 'TN-42' });

    const [welcome, confirmation, shipping] = await server.untilMails(3);
    expect(welcome?.mail.subject).toBe('Welcome to Store a');
    expect(confirmation).toMatchObject({ to: ['marta@example.org'] });
    expect(confirmation?.mail.subject).toBe(`Your order ${orderId}`);
    expect(confirmation?.mail.text).toContain('Its total is 12.50 USD.');
    const [receipt] = confirmation?.mail.attachments ?? [];
    expect([receipt?.filename, receipt?.contentType]).toEqual([
      ...[`Order-${orderId}.pdf`, 'application/pdf'],
    ]);
    expect(receipt?.content.toString('latin1', 0, 5)).toBe('%PDF-');
    expect(shipping?.mail.attachments).toEqual([]);
    expect(shipping?.mail.subject).toBe(`Your order ${orderId} is on its way`);
    expect(shipping?.mail.text).toContain('Tracking number: TN-42.');
  });

  it('leave out the tracking number of a parcel that has none, in both languages', async () => {
    const customerId = await marta();
    await shop.post('/notification-preferences', { personId: customerId, language: 'es' });
    const orderId = await orderOf(customerId);
    await report(orderId, 'CONFIRMED');
    await report(orderId, 'SHIPPED');
    const mails = await server.untilMails(3);
    expect(mails[2]?.mail.text).toContain(`Tu pedido ${orderId} está en camino.\n`);
  });

  it('name the reason of a failed payment in the words of the person', async () => {
    const customerId = await marta();
    await shop.post('/notification-preferences', { personId: customerId, language: 'es' });
    const orderId = await orderOf(customerId, { fulfilment: 'auto' });
    const mails = await server.untilMails(2);
    expect(mails[1]?.mail.subject).toBe(`El pago de tu pedido ${orderId} ha fallado`);
    expect(mails[1]?.mail.text).toMatch(/la tarjeta|ha sido rechazado/);
    // The order's own report of the same failure sends nothing more.
    await report(await orderOf(customerId), 'CONFIRMED');
    const [, , third] = await server.untilMails(3);
    expect(third?.mail.subject).not.toContain('ha fallado');
  });

  it('reach no one without an address, and no one who has opted out', async () => {
    const silent = await openAccount(shop, {});
    await report(await orderOf(silent), 'CONFIRMED');
    const customerId = await marta();
    await server.untilMails(1);
    await shop.post('/notification-preferences', {
      personId: customerId,
      choices: [{ topic: 'order-confirmation', channel: 'email', allowed: false }],
    });
    const orderId = await orderOf(customerId);
    await report(orderId, 'CONFIRMED');
    await report(orderId, 'SHIPPED');
    await server.untilMails(2);
    expect(subjects()).toEqual(['Welcome to Store a', `Your order ${orderId} is on its way`]);
  });

  it('use the built-in template when that of the shop cannot be filled', async () => {
    const text = '{% for i in (1..3000000) %}{{ total }}{% endfor %}';
    const saved = await shop.post('/notification-templates', {
      ...{ topic: 'order-confirmation', language: 'en', subject: 'Ours', sms: 'x' },
      ...{ text, html: '<p>{{ total }}</p>' },
    });
    expect(saved.status).toBe(201);
    const orderId = await orderOf(await marta());
    await report(orderId, 'CONFIRMED');
    const mails = await server.untilMails(2);
    expect(mails[1]?.mail.subject).toBe(`Your order ${orderId}`);
    await shop.world.untilLogged('template cannot be filled', 0);
  });

  it('refuse a tracking number with any other status', async () => {
    const orderId = await orderOf(await marta());
    const path = `/orders/${orderId}/status`;
    const early = await shop.post(path, { status: 'CONFIRMED', trackingNumber: 'TN-1' });
    expect([early.status, early.body['code']]).toEqual([400, 'invalid_request']);
    const lines = await shop.post(path, { status: 'SHIPPED', trackingNumber: 'a\r\nBcc: b@c.de' });
    expect([lines.status, lines.body['code']]).toEqual([400, 'invalid_request']);
  });
});
