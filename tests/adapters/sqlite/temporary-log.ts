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

/** A log in a folder of its own, which `destroy` removes with all that was opened in it. */
export function openTemporaryLog(clock: Clock = systemClock): TemporaryLog {
  const folder = temporaryFolder();
  const path = join(folder, 'log.db');
  const opened: EventLog[] = [];
  const open = (at: Clock) => {
    const log = openSqliteEventLog({ path, clock: at, ids: systemIds });
    opened.push(log);
    return log;
  };
  return {
    log: open(clock),
    path,
    reopen: (at = clock) => Promise.resolve(open(at)),
    destroy: async () => {
      for (const log of opened) await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
