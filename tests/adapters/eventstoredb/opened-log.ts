import {
  type EventStoreDbLog,
  openEventStoreDbLog,
} from '../../../src/adapters/eventstoredb/event-log.ts';
import type { EventStoreDbTimeouts } from '../../../src/adapters/eventstoredb/time-limits.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
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
  namespace = 'tillstream',
): EventStoreDbLog {
  return openEventStoreDbLog({
    connectionString,
    namespace,
    clock: systemClock,
    ids: systemIds,
    logger: silent,
    timeouts,
  });
}
