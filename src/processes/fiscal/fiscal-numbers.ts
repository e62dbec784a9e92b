import { FOLLOWED, followSeries, isFollowed } from '../../commands/fiscal/follow-series.ts';
import type { SeriesEvent } from '../../domain/fiscal/index.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { instantMs } from '../../domain/kernel/instant.ts';
import type { StatelessProcess } from '../../engine/processes/process-manager.ts';

/** Time in which the request of the device nearly always does it itself. */
const REQUEST_MS = 2_000;

/** Records with the numbers what their series decided, where the request could not (F1). */
export const fiscalNumbers: StatelessProcess = {
  name: 'fiscal-numbers',
  categories: ['fiscalseries'],
  delayMs: REQUEST_MS,
  eventTypes: [...FOLLOWED],
  async react(recorded, services) {
    const { storeId, correlationId } = recorded.metadata;
    const event = recorded as unknown as RecordedEvent & SeriesEvent;
    if (!isFollowed(event)) return;
    const { commands, clock, calendar } = services;
    const now = recorded.recordedAt;
    const businessDay = calendar.businessDay(storeId, instantMs(now));
    await followSeries(
      {
        ...{ commands, clock, commandId: recorded.id },
        context: { storeId, now, businessDay },
        envelope: {
          ...{ actor: { kind: 'process', id: 'fiscal-numbers' } as const, correlationId },
          causationId: recorded.id,
          origin: undefined,
        },
      },
      event,
    );
  },
};
