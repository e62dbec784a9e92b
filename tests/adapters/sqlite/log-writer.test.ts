import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';

import { openDatabase } from '../../../src/adapters/sqlite/database.ts';
import { openSqliteEventLog } from '../../../src/adapters/sqlite/event-log.ts';
import { serveLogWriter } from '../../../src/adapters/sqlite/log-writer.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { describeEventLogContract } from '../../contracts/event-log/suite.ts';
import { appendDone, range, someEvents, uniqueStream } from '../../support/event-log.ts';
import { channelOver } from '../../support/port-channel.ts';
import { temporaryFolder } from './temporary-log.ts';
import { countCommits } from './wal.ts';

function openBehindPort() {
  const folder = temporaryFolder();
  const path = join(folder, 'log.db');
  const opened: { log: EventLog; cut: () => void }[] = [];
  const open = () => {
    const { port1, port2 } = new MessageChannel();
    serveLogWriter(channelOver(port2), systemClock);
    const log = openSqliteEventLog({
      path,
      clock: systemClock,
      ids: systemIds,
      writer: channelOver(port1),
    });
    const cut = () => {
      port1.close();
    };
    opened.push({ log, cut });
    return log;
  };
  return {
    log: open(),
    path,
    cut: () => opened[0]?.cut(),
    reopen: () => Promise.resolve(open()),
    destroy: async () => {
      for (const { log, cut } of opened) {
        await log.close();
        cut();
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describeEventLogContract(
  'the SQLite adapter, its writer behind a port',
  () => Promise.resolve(openBehindPort()),
  { alone: true, exactLimit: true, reopens: true },
);

describe('the writer of the SQLite log behind a port', () => {
  let opened: ReturnType<typeof openBehindPort>;
  beforeEach(() => {
    opened = openBehindPort();
  });
  afterEach(() => opened.destroy());

  const append = (stream = uniqueStream()) => opened.log.append(stream, 'no-stream', someEvents(1));

  it('commits appends together that arrive during a commit', async () => {
    await append();
    const before = countCommits(opened.path);
    const outcomes = await Promise.all(range(200).map(() => append()));
    expect(outcomes.every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(countCommits(opened.path) - before).toBeLessThan(5);
  });

  it('reports waiting appends as unknown when it is gone, and fails later ones', async () => {
    await append();
    const waiting = range(40).map(() => append());
    opened.cut();
    const outcomes = await Promise.all(waiting);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(range(40).map(() => 'unknown'));
    expect(await append()).toMatchObject({
      outcome: 'failed',
      reason: 'unavailable',
      retryable: true,
    });
  });

  it('fails only the append that conflicts, at any place', async () => {
    const taken = uniqueStream();
    await appendDone(opened.log, taken, 'no-stream', someEvents(1));
    const streams = range(50).map((i) => (i === 20 ? taken : uniqueStream()));
    const outcomes = await Promise.all(streams.map(append));
    expect(outcomes.flatMap(({ outcome }, i) => (outcome === 'done' ? [] : [i]))).toEqual([20]);
    expect(outcomes[20]).toEqual({ outcome: 'conflict', actual: 0 });
  });

  it('commits everything before it is closed, in one file', async () => {
    const streams = range(30).map(() => uniqueStream());
    const waiting = streams.map(append);
    await opened.log.close();
    expect((await Promise.all(waiting)).every(({ outcome }) => outcome === 'done')).toBe(true);
    const db = openDatabase(opened.path, 'full');
    expect(db.prepare('SELECT count(*) AS n FROM events').all()).toEqual([{ n: 30 }]);
    db.close();
  });

  // The rejection had no handler and ended the instance.
  it('reports appends that cannot be sent to it as unknown', async () => {
    const { port1, port2 } = new MessageChannel();
    const channel = channelOver(port1);
    let broken = false;
    const post = (message: unknown) => {
      if (broken) throw new Error('the port is broken');
      channel.post(message);
    };
    serveLogWriter(channelOver(port2), systemClock);
    const folder = temporaryFolder();
    const path = join(folder, 'log.db');
    const log = openSqliteEventLog({
      path,
      clock: systemClock,
      ids: systemIds,
      writer: { ...channel, post },
    });
    await appendDone(log, uniqueStream(), 'no-stream', someEvents(1));
    broken = true;
    const outcome = await log.append(uniqueStream(), 'no-stream', someEvents(1));
    broken = false;

    expect(outcome).toMatchObject({ outcome: 'unknown', error: new Error('the port is broken') });
    await appendDone(log, uniqueStream(), 'no-stream', someEvents(1));
    await log.close();
    port1.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
