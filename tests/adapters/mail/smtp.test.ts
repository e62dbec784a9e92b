import { openSmtpTransport } from '../../../src/adapters/mail/smtp.ts';
import type { EmailTransport } from '../../../src/ports/email-transport.ts';
import { type MailServer, startMailServer } from '../../support/mail-server.ts';

const USER = { user: 'shop', password: 'umbrella' };

describe('What a mail server refuses', () => {
  let server: MailServer;
  let email: EmailTransport;
  beforeEach(async () => {
    server = await startMailServer(USER);
    email = openSmtpTransport({ url: server.url, from: 'shop@example.com' });
  });
  afterEach(async () => {
    await email.close();
    await server.close();
  });

  const send = () =>
    email.send({
      ...{ to: 'marta@example.org', subject: 'Your table', text: 'Ready.', messageId: 'm-1' },
      ...{ headers: {}, attachments: [], signal: new AbortController().signal },
    });

  it.each([
    ['550', '5.1.1 no such user', 'permanent', 'smtp_5.1.1'],
    ['550', '5.1.10 domain takes no mail', 'permanent', 'smtp_5.1.10'],
    ['550', 'no such user', 'permanent', 'smtp_550'],
    ['550', '5.7.1 relaying denied', 'permanent', 'smtp_550'],
    ['452', '4.2.2 mailbox full', 'retry', 'smtp_452'],
  ])('as an address, %s %s, concerns that message', async (code, text, failureClass, name) => {
    server.refuse({ code: Number(code), text });
    const outcome = await send();
    expect(outcome).toMatchObject({ failureClass, code: name });
    expect(outcome).not.toHaveProperty('unreachable');
  });

  it('as a message says nothing of the address', async () => {
    server.refuse({ code: 550, text: '5.1.1 refused' }, 'message');
    const outcome = await send();
    expect(outcome).toMatchObject({ failureClass: 'permanent', code: 'smtp_550' });
    expect(outcome).toMatchObject({ reason: 'The mail server refused the message.' });
  });

  it.each([
    ['550', '5.1.1 unknown sender', 'sender'],
    ['553', '5.1.8 domain of the sender not found', 'sender'],
    ['550', '5.1.8 sender address rejected', 'recipient'],
  ] as const)(
    'as the sender, %s %s, is retried, and pauses the channel',
    async (code, text, at) => {
      server.refuse({ code: Number(code), text }, at);
      expect(await send()).toMatchObject({
        ...{ failureClass: 'retry', code: `smtp_${code}`, unreachable: true },
        reason: "The mail server does not accept the sender's address.",
      });
    },
  );

  it.each([
    [454, '4.7.0 temporary authentication failure', 'retry', 'smtp_454'],
    [535, '5.7.8 authentication failed', 'auth', 'smtp_auth'],
  ])('as a sign-in, %d, pauses the channel', async (code, text, failureClass, name) => {
    server.refuse({ code, text }, 'sign-in');
    expect(await send()).toMatchObject({ failureClass, code: name, unreachable: true });
  });

  it('as a message that is too large concerns that message, also before it is sent', async () => {
    server.refuse({ code: 552, text: '5.3.4 message too large' }, 'sender');
    const outcome = await send();
    expect(outcome).toMatchObject({ failureClass: 'permanent', code: 'smtp_552' });
    expect(outcome).not.toHaveProperty('unreachable');
  });
});
