import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client';

import type { EventMetadata, NewEvent, RecordedEvent } from '../../domain/kernel/event.ts';
import { START, comparePositions, type Position } from '../../domain/kernel/position.ts';

/**
 * The stream of this adapter with the name of the log. It is not content: no read of the whole log
 * and no subscription shows it.
 */
export const META_STREAM = 'meta-system.log';

/** Prefix of the system streams of the server. */
export const SYSTEM_PREFIX = '$';

export type Resolved = ResolvedEvent | AllStreamResolvedEvent;

type ClientEvent = NonNullable<Resolved['event']>;

export function isContent(stream: string): boolean {
  return !stream.startsWith(SYSTEM_PREFIX) && stream !== META_STREAM;
}

/** The position of an event; the commit position alone does not order events. */
export function positionOf({ event, commitPosition }: Resolved): Position {
  const position = event?.position;
  if (position) return { commit: position.commit, prepare: position.prepare };
  if (commitPosition === undefined) throw new Error('expected an event with a position');
  return { commit: commitPosition, prepare: commitPosition };
}

/** The server has its own time of an event; the original time of an imported one is kept here. */
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
