import { openEventStoreDbLog } from '../../../src/adapters/eventstoredb/event-log.ts';
import type { EventStoreDbTimeouts } from '../../../src/adapters/eventstoredb/time-limits.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { Logger } from '../../../src/ports/logger.ts';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export function openLog(
  connectionString: string,
  timeouts: Partial<EventStoreDbTimeouts> = {},
): EventLog {
  return openEventStoreDbLog({
    connectionString,
    clock: systemClock,
    ids: systemIds,
    logger: silent,
    timeouts,
  });
}
