import { Type } from '@sinclair/typebox';

import type { Actor, NewEvent } from '../../domain/kernel/event.ts';
import type { EventType } from '../../domain/kernel/event-types.ts';
import { streamName, SYSTEM_STORE } from '../../domain/kernel/names.ts';
import { eventData } from '../../domain/kernel/schema.ts';
import type { EventLog, ExpectedRevision } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';

const MAX_TRIES = 5;
const SKIPPED = 'EventSkipped';
const text = (description: string) => Type.String({ description });
const Model = text('The read model.');
const ModelOrFeed = text('The read model, or the name of a feed.');
const Key = text('The document, stream or collection.');
const Reason = text('Why, in words.');
const EventId = text('The event.');
const Generation = Type.Integer({ description: 'The build of the read model.' });

/** The events that the projection engine appends about itself, in `projection-system.<name>`. */
export const PROJECTION_EVENT_TYPES: readonly EventType[] = [
  {
    type: 'GapFound',
    version: 1,
    schema: eventData('A document or a checkpoint does not match the log.', {
      projection: ModelOrFeed,
      key: Key,
      kind: text('`missing`, `extra`, `different`, `dropped-events` or `checkpoint-moved`.'),
      detail: text('What was found.'),
    }),
  },
  {
    type: 'GapHealed',
    version: 1,
    schema: eventData('The gap or mismatch was repaired from the log.', {
      projection: ModelOrFeed,
      key: Key,
      kind: text('As in `GapFound`.'),
    }),
  },
  {
    type: 'ProjectionBlocked',
    version: 1,
    schema: eventData('A read model is blocked at an event that it cannot fold.', {
      projection: Model,
      eventId: EventId,
      reason: Reason,
    }),
  },
  {
    type: SKIPPED,
    version: 1,
    schema: eventData('An operator skipped the event; the metadata names the operator.', {
      projection: Model,
      eventId: EventId,
      reason: Reason,
    }),
  },
  {
    type: 'RebuildStarted',
    version: 1,
    schema: eventData('The next generation is being built.', {
      projection: Model,
      generation: Generation,
      reason: Reason,
    }),
  },
  {
    type: 'RebuildCancelled',
    version: 1,
    schema: eventData('An operator cancelled the rebuild; the serving generation is unchanged.', {
      projection: Model,
      generation: Type.Integer({ description: 'The build that was cancelled.' }),
    }),
  },
  {
    type: 'ProjectionPaused',
    version: 1,
    schema: eventData('An operator paused a read model; the metadata names the operator.', {
      projection: Model,
      reason: Reason,
    }),
  },
  {
    type: 'ProjectionResumed',
    version: 1,
    schema: eventData('An operator resumed a read model.', { projection: Model }),
  },
  {
    type: 'RebuildSwitched',
    version: 1,
    schema: eventData('The next generation serves queries.', {
      projection: Model,
      generation: Generation,
    }),
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
