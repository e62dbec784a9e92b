import { statSync } from 'node:fs';

import { openSqliteEventLogReader } from '../../../src/adapters/sqlite/event-log-reader.ts';
import { stateOfFile } from '../../../src/adapters/sqlite/file-state.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { appendDone, someEvents, uniqueStream } from '../../support/event-log.ts';
import { startChild } from './child-process.ts';
import { openTemporaryLog } from './temporary-log.ts';

const append = (log: EventLog) => appendDone(log, uniqueStream(), 'no-stream', someEvents(1));

/** What another process counts, such as a backup. */
async function countElsewhere(path: string): Promise<string | undefined> {
  const child = startChild('./count-events.child.ts', [path]);
  await child.ended;
  return child.lines[0];
}

/**
 * A process that closes the last connection to a database removes its write-ahead log. SQLite
 * knows by the locks of the file whether it is the last one.
 */
describe('a log with several connections in one process', () => {
  it('is never taken for one that is not in use', async () => {
    const opened = openTemporaryLog();
    const { log, path } = opened;
    await append(log);
    // A thread of the server opens the file a second time.
    const reader = openSqliteEventLogReader({
      path,
      append: (...args) => log.append(...args),
    });
    const wal = () => statSync(`${path}-wal`).ino;
    const before = wal();

    expect(await countElsewhere(path)).toBe('1');
    expect(wal()).toBe(before);
    await append(log);
    expect(await countElsewhere(path)).toBe('2');

    await reader.log.close();
    await opened.destroy();
  }, 30_000);

  it('is not taken for that after its file was checked, as a start does, either', async () => {
    const opened = openTemporaryLog();
    const { path } = opened;
    await append(opened.log);
    await opened.log.close();
    // Each check opens and closes the file, and a connection that it closes may linger.
    for (let check = 0; check < 2; check++) expect(stateOfFile(path)).toEqual({ state: 'whole' });
    const log = await opened.reopen();
    await append(log);
    const wal = () => statSync(`${path}-wal`).ino;
    const before = wal();

    expect(await countElsewhere(path)).toBe('2');
    expect(wal()).toBe(before);
    await append(log);
    expect(await countElsewhere(path)).toBe('3');
    await opened.destroy();
  }, 30_000);
});
