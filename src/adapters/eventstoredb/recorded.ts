import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client';

import type { EventMetadata, NewEvent } from '../../domain/kernel/event.ts';
import { comparePositions, type Position, START } from '../../domain/kernel/position.ts';

/**
 * The stream of this adapter with the name of the log. It is not content: no read of the whole log
 * and no subscription shows it.
 */
export const META_STREAM = 'meta-system.log';

/** The type of an event that refers to another one. */
export const LINK_TYPE = '$>';

export type Resolved = ResolvedEvent | AllStreamResolvedEvent;

export type ClientEvent = NonNullable<Resolved['event']>;

/** The position of an event; the commit position alone does not order events. */
export function positionOf({ event, commitPosition }: Resolved): Position {
  const position = event?.position;
  if (position) return { commit: position.commit, prepare: position.prepare };
  if (commitPosition === undefined) throw new Error('expected an event with a position');
  return { commit: commitPosition, prepare: commitPosition };
}

/** The server has its own time of an event; the original time of an imported one is kept here. */
export type StoredMetadata = EventMetadata & { readonly recordedAt?: string };

export function metadataOf({ metadata, recordedAt }: NewEvent): StoredMetadata {
  return recordedAt === undefined ? metadata : { ...metadata, recordedAt };
}

export function laterOf(a: Position, b: Position): Position {
  return comparePositions(a, b) >= 0 ? a : b;
}

export function isStart(position: Position): boolean {
  return comparePositions(position, START) <= 0;
}
