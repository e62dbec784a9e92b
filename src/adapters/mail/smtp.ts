import { createTransport } from 'nodemailer';

import type { SendOutcome } from '../../ports/delivery-channel.ts';
import type { EmailMessage, EmailTransport } from '../../ports/email-transport.ts';
import { classifyMailError } from './failures.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Named limits of the connections to the mail server. */
export const SMTP_LIMITS = {
  connections: 5,
  messagesPerConnection: 100,
  connectMs: 10_000,
  greetingMs: 10_000,
  /** Without a byte from the server. */
  silenceMs: 30_000,
} as const;

export interface SmtpOptions {
  /**
   * `smtp://user:password@host:587` (STARTTLS where the server has it, required with a password) or
   * `smtps://` (TLS from the first byte).
   */
  readonly url: string;
  /** The sender's address. */
  readonly from: string;
  readonly limits?: Partial<typeof SMTP_LIMITS>;
}

/** Sends e-mails over a pool of connections to one mail server. */
export function openSmtpTransport(options: SmtpOptions): EmailTransport {
  const { from } = options;
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const transport = createTransport({
    ...connectionOf(options),
    // No message can name a file or a URL to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const sending = new Set<Promise<unknown>>();

  async function handOver(message: EmailMessage): Promise<SendOutcome> {
    const { to, senderName, subject, text, html, messageId, headers, attachments } = message;
    const sent: unknown = await transport.sendMail({
      from: senderName === undefined ? from : { name: senderName, address: from },
      to: { name: '', address: to },
      messageId: `<${messageId}@${domain}>`,
      attachments: attachments.map(({ filename, contentType, content }) => ({
        ...{ filename, contentType },
        content: Buffer.from(content),
      })),
      ...{ subject, text, headers },
      ...(html !== undefined && { html }),
    });
    return acceptedAs((sent as { readonly response: string }).response);
  }

  return {
    async send(message) {
      // Not waited for by a close once it was aborted: a silent server would hold up the stop.
      const sent = unlessAborted(handOver(message), message.signal);
      sending.add(sent);
      try {
        return await sent;
      } catch (error) {
        return classifyMailError(error);
      } finally {
        sending.delete(sent);
      }
    },
    async close() {
      transport.close();
      await Promise.allSettled(sending);
    },
  };
}

function connectionOf({ url, limits = {} }: SmtpOptions) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const { connections, messagesPerConnection, connectMs, greetingMs, silenceMs } = {
    ...SMTP_LIMITS,
    ...limits,
  };
  const secure = protocol === 'smtps:';
  const auth = username !== '' && {
    auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
  };
  return {
    pool: true as const,
    host: hostname,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    // A password is never sent in the clear, except within the machine.
    requireTLS: !secure && username !== '' && !LOOPBACK.has(hostname),
    ...auth,
    maxConnections: connections,
    maxMessages: messagesPerConnection,
    connectionTimeout: connectMs,
    greetingTimeout: greetingMs,
    socketTimeout: silenceMs,
  };
}

/** The server's reply often ends with the id under which it has queued the message. */
function acceptedAs(response: string): SendOutcome {
  const id = /queued as ([\w.-]{1,100})/i.exec(response)?.[1];
  return { outcome: 'accepted', ...(id !== undefined && { providerId: id }) };
}

/** The pool cannot cancel a message: its result is then not known. */
async function unlessAborted(
  sent: Promise<SendOutcome>,
  signal: AbortSignal,
): Promise<SendOutcome> {
  let abort = () => undefined as unknown;
  const aborted = new Promise<SendOutcome>((resolve) => {
    abort = () =>
      resolve({
        ...{ outcome: 'failed', failureClass: 'retry', code: 'smtp_timeout' },
        reason: 'The mail server did not respond in time. It may have taken the message.',
        unreachable: true,
      });
    signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([sent, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
