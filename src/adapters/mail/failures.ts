import type { SendOutcome } from '../../ports/delivery-channel.ts';

type Failed = Extract<SendOutcome, { outcome: 'failed' }>;

/** What an SMTP client's error says, as its library writes it. */
interface MailError {
  readonly code?: unknown;
  /** What the server replied to, such as `RCPT TO`. */
  readonly command?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
  readonly message?: unknown;
}

interface Reply {
  readonly code: number;
  /** As RFC 3463 defines it, such as `5.1.1`; empty when the server says none. */
  readonly status: string;
  readonly command: string;
  readonly detail: string | undefined;
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNECTION',
  'ECONNREFUSED',
  'ECONNRESET',
  'EDNS',
  'ENOTFOUND',
  'EPROTOCOL',
  'ESOCKET',
  'ETIMEDOUT',
  'ETLS',
]);

/** Replies that concern the server and not the message. */
const SERVER_BUSY: ReadonlySet<number> = new Set([421]);
const AUTH_REPLIES: ReadonlySet<number> = new Set([530, 534, 535, 538]);
/** There is no such mailbox, or no such domain. The others of 5.1 are also said of senders. */
const NO_SUCH_MAILBOX: ReadonlySet<string> = new Set([
  '5.1.1',
  '5.1.2',
  '5.1.3',
  '5.1.6',
  '5.1.10',
]);
/** The sender's address is refused; some servers say it when they know the recipient. */
const SENDER_REFUSED: ReadonlySet<string> = new Set(['5.1.7', '5.1.8']);
const TOO_LARGE = 552;

const UNREACHED = 'The mail server could not be reached.';
const AUTH_REFUSED = 'The mail server refused the user name or password.';
const AUTH_BUSY = 'The mail server could not check the user name and password now.';
const SENDER = "The mail server does not accept the sender's address.";

/** What shop owners read, by the reply of the mail server. */
const REASONS: Readonly<Record<number, string>> = {
  450: 'The mailbox is not available now.',
  451: 'The mail server asks to try again later.',
  452: 'The mail server has no room now.',
  541: 'The mail server took the message for spam.',
  552: 'The mailbox is full, or the message is too large.',
  554: 'The mail server refused the message, often as spam.',
};
/** Of a refused address. The same replies to a message say nothing of the address. */
const ADDRESS_REASONS: Readonly<Record<number, string>> = {
  550: 'The mail server refused the address: there may be no such mailbox.',
  551: 'The mailbox has moved to another server.',
  553: 'The mail server does not accept this address.',
};

/** The class of a failed attempt, and its reason in words. */
export function classifyMailError(error: unknown): Failed {
  const { code, message } = (error ?? {}) as MailError;
  const name = typeof code === 'string' ? code : '';
  const reply = replyOf(error ?? {});
  if (name === 'EAUTH' || reply?.command.startsWith('AUTH')) return ofSignIn(reply);
  if (reply) return ofReply(reply);
  const text = typeof message === 'string' ? message : undefined;
  if (UNREACHABLE.has(name)) {
    return ofSender(failed('retry', `smtp_${name.toLowerCase()}`, UNREACHED, text));
  }
  if (name === 'EENVELOPE' || name === 'EMESSAGE') {
    return failed('permanent', `smtp_${name.toLowerCase()}`, 'The message is not valid.', text);
  }
  return failed('retry', 'smtp_failed', 'The message could not be handed over.', text);
}

/** Undefined when the error is no refusal by the server. */
function replyOf({ responseCode, response, command }: MailError): Reply | undefined {
  if (typeof responseCode !== 'number' || responseCode < 400) return undefined;
  const detail = typeof response === 'string' ? response : undefined;
  return {
    code: responseCode,
    status: /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(detail ?? '')?.[1] ?? '',
    command: typeof command === 'string' ? command : '',
    detail,
  };
}

/** A server that cannot check the password now says nothing of the password. */
function ofSignIn(reply: Reply | undefined): Failed {
  if (reply && reply.code < 500) {
    return ofSender(failed('retry', `smtp_${reply.code}`, AUTH_BUSY, reply.detail));
  }
  return ofSender(failed('auth', 'smtp_auth', AUTH_REFUSED, reply?.detail));
}

function ofReply(reply: Reply): Failed {
  const { code, status, command, detail } = reply;
  const name = `smtp_${code}`;
  if (AUTH_REPLIES.has(code)) return ofSender(failed('auth', 'smtp_auth', AUTH_REFUSED, detail));
  if (code < 500) {
    const later = REASONS[code] ?? 'The mail server could not take the message now.';
    const outcome = failed('retry', name, later, detail);
    return SERVER_BUSY.has(code) || isOfConnection(command) ? ofSender(outcome) : outcome;
  }
  if (isOfSender(reply)) return ofSender(failed('retry', name, SENDER, detail));
  const isOfAddress = command === 'RCPT TO';
  const reason =
    (isOfAddress ? ADDRESS_REASONS[code] : undefined) ??
    REASONS[code] ??
    'The mail server refused the message.';
  const isBounce = isOfAddress && NO_SUCH_MAILBOX.has(status);
  return failed('permanent', isBounce ? `smtp_${status}` : name, reason, detail);
}

/** The sender's address or connection is refused, whatever the message. */
function isOfSender({ code, status, command }: Reply): boolean {
  if (isOfConnection(command) || SENDER_REFUSED.has(status)) return true;
  return command === 'MAIL FROM' && code !== TOO_LARGE;
}

const isOfConnection = (command: string) => /^(CONN|EHLO|HELO|LHLO|STARTTLS)$/.test(command);

/** Another message would fail in the same way: the channel pauses. */
const ofSender = (outcome: Failed): Failed => ({ ...outcome, unreachable: true });

function failed(
  failureClass: Failed['failureClass'],
  code: string,
  reason: string,
  detail: string | undefined,
): Failed {
  return { outcome: 'failed', failureClass, code, reason, ...(detail && { detail }) };
}
