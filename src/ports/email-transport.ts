import type { SendOutcome } from './delivery-channel.ts';

export interface EmailAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface EmailMessage {
  readonly to: string;
  /** Shown beside the sender's address. */
  readonly senderName?: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** The part of Message-ID before the @: a repeat of a message has the same one. */
  readonly messageId: string;
  /** Further headers, of one line each. */
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly EmailAttachment[];
  readonly signal: AbortSignal;
}

/** Hands e-mails over to a mail server. */
export interface EmailTransport {
  /** Never throws because of the network or the server. */
  send(message: EmailMessage): Promise<SendOutcome>;
  close(): Promise<void>;
}
