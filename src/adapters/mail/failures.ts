import type { SendOutcome } from '../../ports/delivery-channel.ts';

type Failed = Extract<SendOutcome, { outcome: 'failed' }>;

/** What an SMTP client's error says, as its library writes it. */
interface MailError {
  readonly code?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
  readonly message?: unknown;
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
const AUTH_REPLIES: ReadonlySet<number> = new Set([454, 530, 534, 535, 538]);

/** What shop owners read, by the reply of the mail server. */
const REASONS: Readonly<Record<number, string>> = {
  450: 'The mailbox is not available now.',
  451: 'The mail server asks to try again later.',
  452: 'The mail server has no room now.',
  541: 'The mail server took the message for spam.',
  550: 'The mail server refused the address: there may be no such mailbox.',
  551: 'The mailbox has moved to another server.',
  552: 'The mailbox is full, or the message is too large.',
  553: 'The mail server does not accept this address.',
  554: 'The mail server refused the message, often as spam.',
};

/** The class of a failed attempt, and its reason in words. */
export function classifyMailError(error: unknown): Failed {
  const { code, responseCode, response, message } = (error ?? {}) as MailError;
  const reply = typeof responseCode === 'number' ? responseCode : undefined;
  const detail = typeof response === 'string' ? response : undefined;
  if (code === 'EAUTH' || (reply !== undefined && AUTH_REPLIES.has(reply))) {
    return failed(
      'auth',
      'smtp_auth',
      'The mail server refused the user name or password.',
      detail,
    );
  }
  if (reply !== undefined && reply >= 400) return ofReply(reply, detail);
  const name = typeof code === 'string' ? code : '';
  const text = typeof message === 'string' ? message : undefined;
  if (UNREACHABLE.has(name)) {
    const reason = 'The mail server could not be reached.';
    return { ...failed('retry', `smtp_${name.toLowerCase()}`, reason, text), unreachable: true };
  }
  if (name === 'EENVELOPE' || name === 'EMESSAGE') {
    return failed('permanent', `smtp_${name.toLowerCase()}`, 'The message is not valid.', text);
  }
  return failed('retry', 'smtp_failed', 'The message could not be handed over.', text);
}

function ofReply(reply: number, detail: string | undefined): Failed {
  const isTemporary = reply < 500;
  const fallback = isTemporary
    ? 'The mail server could not take the message now.'
    : 'The mail server refused the message.';
  const outcome = failed(
    isTemporary ? 'retry' : 'permanent',
    `smtp_${reply}`,
    REASONS[reply] ?? fallback,
    detail,
  );
  return SERVER_BUSY.has(reply) ? { ...outcome, unreachable: true } : outcome;
}

function failed(
  failureClass: Failed['failureClass'],
  code: string,
  reason: string,
  detail: string | undefined,
): Failed {
  return { outcome: 'failed', failureClass, code, reason, ...(detail && { detail }) };
}
