import { cascade } from '../../commands/catalog/cascade.ts';
import type { CategoryEvent } from '../../domain/catalog/index.ts';
import type { StatelessProcess } from '../../engine/processes/process-manager.ts';

/** Time in which the request that deleted a category nearly always finishes it. */
const REQUEST_MS = 5_000;

/** Completes deletions and restorations of categories that a request started. */
export const categoryCascades: StatelessProcess = {
  name: 'category-cascades',
  categories: ['category'],
  delayMs: REQUEST_MS,
  eventTypes: ['CategoryDeleted', 'CategoryRestored'],
  async react(recorded, services) {
    const event = recorded as unknown as CategoryEvent;
    if (event.type !== 'CategoryDeleted' && event.type !== 'CategoryRestored') return;
    const { metadata, recordedAt, id } = recorded;
    const { storeId, commandId, correlationId } = metadata;
    const sequence = {
      ...services,
      commandId,
      context: { storeId, now: recordedAt, businessDay: recordedAt.slice(0, 10) },
      envelope: {
        actor: { kind: 'process', id: 'category-cascades' } as const,
        correlationId,
        causationId: id,
      },
    };
    await cascade(sequence, event);
  },
};
