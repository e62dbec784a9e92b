import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSqliteEventLog } from '../../../src/adapters/sqlite/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';

export interface TemporaryLog {
  readonly log: EventLog;
  readonly path: string;
  readonly reopen: (clock?: Clock) => Promise<EventLog>;
  readonly destroy: () => Promise<void>;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tillstream-test-'));
}

/** A log in a temporary folder; `destroy` closes everything and removes the folder. */
export function openTemporaryLog(clock: Clock = systemClock): TemporaryLog {
  const folder = temporaryFolder();
  const path = join(folder, 'log.db');
  const opened: EventLog[] = [];
  const open = (logClock: Clock) => {
    const log = openSqliteEventLog({ path, clock: logClock, ids: systemIds });
    opened.push(log);
    return log;
  };
  return {
    log: open(clock),
    path,
    reopen: (logClock = clock) => Promise.resolve(open(logClock)),
    destroy: async () => {
      for (const log of opened) await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
