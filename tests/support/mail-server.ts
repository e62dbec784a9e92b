import type { AddressInfo } from 'node:net';

import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly from: string;
  readonly mail: ParsedMail;
  /** As it came over the wire. */
  readonly raw: string;
}

/** What a server can refuse. */
type Refused = 'sign-in' | 'sender' | 'recipient' | 'message';

export interface MailServer {
  readonly url: string;
  /** In the order in which they were accepted. */
  readonly mails: readonly ReceivedMail[];
  /** Connections so far. */
  readonly connections: number;
  /** Resolves as soon as that many mails have been accepted. */
  untilMails(count: number): Promise<readonly ReceivedMail[]>;
  /** Refuses with the reply what is given, recipients by default, until called with undefined. */
  refuse(reply: { code: number; text: string } | undefined, what?: Refused): void;
  /** Called when a message has come completely, before it is accepted. */
  beforeAccept: ((raw: string) => Promise<void>) | undefined;
  close(): Promise<void>;
}

export interface MailServerOptions {
  readonly user?: string;
  readonly password?: string;
  readonly port?: number;
}

function replyOf({ code, text }: { code: number; text: string }): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

/** A real SMTP server in the test's process. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { user, password } = options;
  const mails: ReceivedMail[] = [];
  let connections = 0;
  let refusal: { code: number; text: string; what: Refused } | undefined;
  const refusalOf = (what: Refused) => (refusal?.what === what ? replyOf(refusal) : null);
  let watchers: { count: number; met: () => void }[] = [];

  const server = new SMTPServer({
    authOptional: user === undefined,
    allowInsecureAuth: true,
    disabledCommands: user === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
    logger: false,
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onAuth(auth, _session, done) {
      const refused = refusalOf('sign-in');
      if (refused) done(refused);
      else if (auth.username === user && auth.password === password) done(null, { user });
      else done(replyOf({ code: 535, text: 'Authentication failed' }));
    },
    onMailFrom(_address, _session, done) {
      done(refusalOf('sender'));
    },
    onRcptTo(_address, _session, done) {
      done(refusalOf('recipient'));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refused = refusalOf('message');
        if (refused) {
          done(refused);
          return;
        }
        void accept(Buffer.concat(chunks).toString('utf8'), session.envelope).then(
          () => done(),
          (error: unknown) => done(error as Error),
        );
      });
    },
  });
  server.on('error', () => undefined);

  async function accept(
    raw: string,
    { mailFrom, rcptTo }: { mailFrom: false | { address: string }; rcptTo: { address: string }[] },
  ): Promise<void> {
    const mail = await simpleParser(raw);
    await mailServer.beforeAccept?.(raw);
    const from = mailFrom === false ? '' : mailFrom.address;
    mails.push({ to: rcptTo.map(({ address }) => address), from, mail, raw });
    const met = watchers.filter(({ count }) => mails.length >= count);
    watchers = watchers.filter((watcher) => !met.includes(watcher));
    for (const watcher of met) watcher.met();
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  const credentials = user === undefined ? '' : `${user}:${password ?? ''}@`;

  const mailServer: MailServer = {
    url: `smtp://${credentials}127.0.0.1:${port}`,
    mails,
    get connections() {
      return connections;
    },
    beforeAccept: undefined,
    untilMails: (count) =>
      new Promise((resolve) => {
        const met = () => resolve(mails);
        if (mails.length >= count) met();
        else watchers.push({ count, met });
      }),
    refuse(reply, what = 'recipient') {
      refusal = reply && { ...reply, what };
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return mailServer;
}
