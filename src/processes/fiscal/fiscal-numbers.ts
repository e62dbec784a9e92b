import { FOLLOWED, followSeries, isFollowed } from '../../commands/fiscal/follow-series.ts';
import { leaveOut } from '../../commands/fiscal/series.ts';
import { isUnknown, type NumberEvent, type SeriesEvent } from '../../domain/fiscal/index.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { instantMs } from '../../domain/kernel/instant.ts';
import type { StatelessProcess } from '../../engine/processes/process-manager.ts';

/** Time in which the request of the device nearly always does it itself. */
const REQUEST_MS = 2_000;

const USED = ['FiscalNumberIssued', 'FiscalNumberCorrected', 'FiscalNumberVoided'] as const;
type Used = Extract<NumberEvent, { type: (typeof USED)[number] }>;
const isUsed = (event: SeriesEvent | NumberEvent): event is Used =>
  (USED as readonly string[]).includes(event.type);

/**
 * Records with the numbers what their series decided, and with the series which numbers devices
 * have that it does not know, where the request could not (F1).
 */
export const fiscalNumbers: StatelessProcess = {
  name: 'fiscal-numbers',
  categories: ['fiscalseries', 'fiscalnumber'],
  delayMs: REQUEST_MS,
  eventTypes: [...FOLLOWED, ...USED],
  async react(recorded, services) {
    const { storeId, correlationId } = recorded.metadata;
    const event = recorded as unknown as RecordedEvent & (SeriesEvent | NumberEvent);
    const { commands, clock, calendar } = services;
    const now = recorded.recordedAt;
    const businessDay = calendar.businessDay(storeId, instantMs(now));
    const sequence = {
      ...{ commands, clock, commandId: recorded.id },
      context: { storeId, now, businessDay },
      envelope: {
        ...{ actor: { kind: 'process', id: 'fiscal-numbers' } as const, correlationId },
        causationId: recorded.id,
        origin: undefined,
      },
    };
    if (isFollowed(event)) await followSeries(sequence, event);
    if (!isUsed(event) || !isUnknown(event)) return;
    const { seriesId, deviceId, number: heldThrough } = event.data;
    await leaveOut(sequence, seriesId, { deviceId, heldThrough });
  },
};
