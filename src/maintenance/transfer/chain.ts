import { createHash } from 'node:crypto';

import type { EventMetadata, RecordedEvent } from '../../domain/kernel/event.ts';
import { canonicalJson } from '../../domain/kernel/fingerprint.ts';

/** The exported fields of an event. Its position belongs to the log and is not exported. */
export interface ExportedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: EventMetadata;
  readonly recordedAt: string;
}

/** The start of the chain of every export, so that equal logs have equal chains. */
export const FIRST_HASH = createHash('sha256').update('tillstream-events 1').digest('hex');

const HEAD = Buffer.from('{"hash":"');
const MIDDLE = Buffer.from('","event":');
const HASH_LENGTH = 64;
const EVENT_OFFSET = HEAD.length + HASH_LENGTH + MIDDLE.length;

/** The bytes of an event in an export: equal events, equal bytes. */
export function bytesOf(event: RecordedEvent): Buffer {
  const { stream, revision, id, type, data, metadata, recordedAt } = event;
  const text = canonicalJson({ stream, revision, id, type, data, metadata, recordedAt });
  return Buffer.from(text);
}

/** The hash of an event and all events before it. */
export function hashAfter(previous: string, event: Buffer): string {
  return createHash('sha256').update(previous).update('\n').update(event).digest('hex');
}

export function lineOf(hash: string, event: Buffer): Buffer {
  return Buffer.concat([HEAD, Buffer.from(hash), MIDDLE, event, Buffer.from('}\n')]);
}

/** The parts of a line without its line feed; undefined when it is malformed. */
export function partsOfLine(line: Buffer): { hash: string; event: Buffer } | undefined {
  const hash = line.subarray(HEAD.length, HEAD.length + HASH_LENGTH).toString('latin1');
  const event = line.subarray(EVENT_OFFSET, -1);
  const whole = lineOf(hash, event);
  return line.length > EVENT_OFFSET && whole.subarray(0, -1).equals(line)
    ? { hash, event }
    : undefined;
}
