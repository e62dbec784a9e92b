import { Type } from '@sinclair/typebox';

import type { Actor, NewEvent } from '../../domain/kernel/event.ts';
import type { EventType } from '../../domain/kernel/event-types.ts';
import { streamName, SYSTEM_STORE } from '../../domain/kernel/names.ts';
import type { EventLog, ExpectedRevision } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';

const MAX_TRIES = 5;
const SKIPPED = 'EventSkipped';
const text = Type.String();
const closed = { additionalProperties: false };

/** The events that the projection engine appends about itself, in `projection-system.<name>`. */
export const PROJECTION_EVENT_TYPES: readonly EventType[] = [
  {
    type: 'GapFound',
    version: 1,
    schema: Type.Object({ projection: text, key: text, kind: text, detail: text }, closed),
  },
  {
    type: 'GapHealed',
    version: 1,
    schema: Type.Object({ projection: text, key: text, kind: text }, closed),
  },
  {
    type: 'ProjectionBlocked',
    version: 1,
    schema: Type.Object({ projection: text, eventId: text, reason: text }, closed),
  },
  {
    type: SKIPPED,
    version: 1,
    schema: Type.Object({ projection: text, eventId: text, reason: text }, closed),
  },
  {
    type: 'RebuildStarted',
    version: 1,
    schema: Type.Object({ projection: text, generation: Type.Integer(), reason: text }, closed),
  },
  {
    type: 'RebuildCancelled',
    version: 1,
    schema: Type.Object({ projection: text, generation: Type.Integer() }, closed),
  },
  {
    type: 'ProjectionPaused',
    version: 1,
    schema: Type.Object({ projection: text, reason: text }, closed),
  },
  {
    type: 'ProjectionResumed',
    version: 1,
    schema: Type.Object({ projection: text }, closed),
  },
  {
    type: 'RebuildSwitched',
    version: 1,
    schema: Type.Object({ projection: text, generation: Type.Integer() }, closed),
  },
];

const PAGE = 500;

/**
 * Ids of the events that operators skipped for a read model, as the log has them. A skip holds for
 * the read model by name: in every generation and version, and in documents that are lost.
 */
export async function skippedInLog(log: EventLog, projection: string): Promise<readonly string[]> {
  const stream = streamName('projection', SYSTEM_STORE, projection);
  const skipped: string[] = [];
  for (let from = 0; ; from += PAGE) {
    const page = await log.readStream(stream, { from, limit: PAGE });
    for (const { type, data } of page) {
      const { eventId } = data as { readonly eventId?: unknown };
      if (type === SKIPPED && typeof eventId === 'string') skipped.push(eventId);
    }
    if (page.length < PAGE) return skipped;
  }
}

/** Records in the log what the engine finds and does: no gap is repaired silently (K6). */
export interface EngineEvents {
  /**
   * Counts, logs and appends an event. Never fails: an append that fails is logged.
   * @returns whether the log holds the event.
   */
  record(
    projection: string,
    type: string,
    data: Readonly<Record<string, string | number>>,
    actor?: Actor,
  ): Promise<boolean>;
  /** How often each type was recorded since the start. */
  readonly counts: ReadonlyMap<string, number>;
}

export function createEngineEvents(log: EventLog, ids: Ids, logger: Logger): EngineEvents {
  const counts = new Map<string, number>();

  async function append(projection: string, event: NewEvent): Promise<void> {
    const stream = streamName('projection', SYSTEM_STORE, projection);
    let expected: ExpectedRevision | undefined;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (expected === undefined) {
        const last = await log.readStream(stream, { direction: 'backwards', limit: 1 });
        expected = last[0]?.revision ?? 'no-stream';
      }
      const { outcome } = await log.append(stream, expected, [event]);
      if (outcome === 'done') return;
      // Only a conflict proves that it is not stored; otherwise the identical append is repeated.
      if (outcome === 'conflict') expected = undefined;
    }
    throw new Error(`expected ${event.type} to be appended to ${stream} in ${MAX_TRIES} tries`);
  }

  return {
    counts,
    async record(projection, type, data, actor = { kind: 'system', id: 'projections' }) {
      counts.set(type, (counts.get(type) ?? 0) + 1);
      logger.warn({ projection, type, ...data }, 'projection event');
      const id = ids.uuid();
      try {
        await append(projection, {
          id,
          type,
          data: { projection, ...data },
          metadata: {
            storeId: SYSTEM_STORE,
            commandId: id,
            fields: {},
            correlationId: id,
            causationId: id,
            actor,
            schemaVersion: 1,
          },
        });
        return true;
      } catch (error) {
        logger.error(
          { projection, type, error: String(error) },
          'projection event could not be appended',
        );
        return false;
      }
    },
  };
}
