import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { describeEventLogContract } from '../../contracts/event-log/suite.ts';

describeEventLogContract(
  'the memory adapter',
  () => {
    const log = createMemoryEventLog({ clock: systemClock, ids: systemIds });
    return Promise.resolve({ log, destroy: () => log.close() });
  },
  { alone: true, exactLimit: true },
);
