import type { SendOutcome } from './delivery-channel.ts';

/** Audit records of one shop as JSON lines, oldest first. */
export interface AuditBatch {
  /** The same for each attempt of the same records. */
  readonly key: string;
  readonly reference: string;
  readonly storeId: string;
  readonly lines: string;
  readonly signal: AbortSignal;
}

/** A system outside that keeps audit records, such as a SIEM. */
export interface AuditEndpoint {
  /** Never throws because of the network or the other side. */
  send(batch: AuditBatch): Promise<SendOutcome>;
}

export interface AuditLine {
  /**
   * Of the record; a file never holds the same one twice. The position would not do: after a
   * restore of the log another event stands there.
   */
  readonly eventId: string;
  /** Of the record's event, as text. */
  readonly position: string;
  /** UTC day of the record, `2026-11-30`. */
  readonly day: string;
  /** JSON without a line end. */
  readonly text: string;
}

/** A file for each UTC day. */
export interface AuditFiles {
  /**
   * Appends the lines that the files do not hold; durable before it resolves. For one writer at a
   * time: what another one adds in the same moment could be written twice.
   */
  append(lines: readonly AuditLine[]): Promise<void>;
}
