import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { partsOf } from '../../../domain/kernel/names.ts';
import type { FactEvent } from '../../../domain/sync/facts/events.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { DeviceFact } from './document.ts';

/** One document per fact of a device, also of what was rejected or could not be read. */
export const deviceFacts: Projection<DeviceFact, FactEvent | CommandRefused> = {
  name: 'device-facts',
  version: 1,
  collection: 'device-facts',
  indexes: [
    { name: 'by_time', fields: ['keptAt'] },
    { name: 'by_device', fields: ['deviceId', 'keptAt'] },
    { name: 'by_status', fields: ['status', 'keptAt'] },
  ],
  feed: 'devices',
  ...perEntity('fact'),
  evolve(before, event) {
    const { revision, stream } = event;
    const factId = partsOf(stream).parts[0] ?? '';
    switch (event.type) {
      case 'FactReceived': {
        const { fact: _, ...data } = event.data;
        return { factId, revision, ...data, status: 'received', flags: [], reuses: 0 };
      }
      case 'FactJudged':
        return { factId, revision, ...event.data, reuses: before?.reuses ?? 0 };
      case 'FactIdReused':
        return before && { ...before, revision, reuses: before.reuses + 1 };
      case 'FactSetAside':
        return { factId, revision, ...event.data, status: 'rejected', flags: [], reuses: 0 };
      default:
        return before && { ...before, revision };
    }
  },
};
