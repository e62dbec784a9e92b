import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client';

import type { EventMetadata, NewEvent, RecordedEvent } from '../../domain/kernel/event.ts';
import { START, comparePositions, type Position } from '../../domain/kernel/position.ts';

/**
 * The adapter's own stream, which names the log. It is no content: no read of the whole log and
 * no subscription shows it.
 */
export const META_STREAM = 'meta-system.log';

/** Streams whose names begin with this are the server's own. */
export const SYSTEM_PREFIX = '$';

export type Resolved = ResolvedEvent | AllStreamResolvedEvent;

/** What this adapter needs of an event as the client hands it out. */
type ClientEvent = NonNullable<Resolved['event']>;

export function isContent(stream: string): boolean {
  return !stream.startsWith(SYSTEM_PREFIX) && stream !== META_STREAM;
}

/** The place of an event; the commit position alone does not order events. */
export function placeOf({ event, commitPosition }: Resolved): Position {
  const own = event?.position;
  if (own) return { commit: own.commit, prepare: own.prepare };
  if (commitPosition === undefined) throw new Error('expected an event with a position');
  return { commit: commitPosition, prepare: commitPosition };
}

/** The server says itself when it stored an event; when that was first stands beside it. */
type StoredMetadata = EventMetadata & { readonly recordedAt?: string };

export function metadataOf({ metadata, recordedAt }: NewEvent): StoredMetadata {
  return recordedAt === undefined ? metadata : { ...metadata, recordedAt };
}

export function toRecorded(event: ClientEvent, position: Position): RecordedEvent {
  const { recordedAt, ...metadata } = event.metadata as unknown as StoredMetadata;
  return {
    id: event.id,
    type: event.type,
    data: event.data,
    metadata,
    stream: event.streamId,
    revision: Number(event.revision),
    position,
    recordedAt: recordedAt ?? event.created.toISOString(),
  };
}

export function laterOf(a: Position, b: Position): Position {
  return comparePositions(a, b) >= 0 ? a : b;
}

export function isStart(position: Position): boolean {
  return comparePositions(position, START) <= 0;
}
