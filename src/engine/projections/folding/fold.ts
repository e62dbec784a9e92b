import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { type EventTypes, upcast } from '../../../domain/kernel/event-types.ts';
import { invariant } from '../../../domain/kernel/invariant.ts';
import { comparePositions } from '../../../domain/kernel/position.ts';
import type { DocumentWrite, StoredDocument } from '../../../ports/read-store.ts';
import type { Projection } from './projection.ts';

/** An event that a fold failed on, with the cause. */
export class PoisonEventError extends Error {
  readonly event: RecordedEvent;

  constructor(event: RecordedEvent, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'PoisonEventError';
    this.event = event;
  }
}

/** An event with the documents of one projection that it touches. */
export interface Touch {
  readonly event: RecordedEvent;
  readonly keys: readonly string[];
}

export function createFold(projection: Projection, types: EventTypes) {
  const categories = new Set<string>(projection.categories);

  function follows(event: RecordedEvent): boolean {
    return categories.has(event.stream.slice(0, event.stream.indexOf('-')));
  }

  return {
    /**
     * The events of a batch that touch documents of this projection, upcast, with their keys.
     * @throws PoisonEventError
     */
    touches(events: readonly RecordedEvent[], skipped: ReadonlySet<string>): Touch[] {
      const touches: Touch[] = [];
      for (const recorded of events) {
        if (!follows(recorded) || skipped.has(recorded.id)) continue;
        try {
          const event = upcast(types, recorded);
          const keys = projection.keys(event);
          for (const key of keys) {
            invariant(
              key.startsWith(`${event.metadata.storeId}.`),
              `a key of store ${event.metadata.storeId}`,
              { key, projection: projection.name },
            );
          }
          if (keys.length > 0) touches.push({ event, keys });
        } catch (cause) {
          throw new PoisonEventError(recorded, cause);
        }
      }
      return touches;
    },

    /**
     * Folds touches into the stored documents. An event at or before a document's position is in it
     * already and is skipped, so a batch can be applied again.
     * @throws PoisonEventError
     */
    apply(
      touches: readonly Touch[],
      stored: ReadonlyMap<string, StoredDocument | DocumentWrite>,
    ): Map<string, DocumentWrite> {
      const writes = new Map<string, DocumentWrite>();
      for (const { event, keys } of touches) {
        for (const key of keys) {
          const written = writes.get(key);
          const before = written ?? stored.get(key);
          if (before && comparePositions(event.position, before.position) <= 0) continue;
          let body: unknown;
          try {
            body = projection.evolve(before?.body, event, key);
          } catch (cause) {
            throw new PoisonEventError(event, cause);
          }
          if (body === undefined && !before) continue;
          const isNew = written ? written.isNew : !before;
          writes.set(key, {
            key,
            storeId: event.metadata.storeId,
            position: event.position,
            epoch: before?.epoch ?? 0,
            body,
            ...(isNew && { isNew }),
          });
        }
      }
      return writes;
    },
  };
}

export type Fold = ReturnType<typeof createFold>;
