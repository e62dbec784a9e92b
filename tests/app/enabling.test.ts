import { createMemoryEventLog } from '../../src/adapters/memory/event-log.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { createEnabling } from '../../src/app/enabling.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

describe('processes that start at the head', () => {
  it('are all enabled before requests are taken, also when the log is away at first', async () => {
    const clock = createFakeClock();
    const kept = createMemoryEventLog({ clock, ids: systemIds });
    let isAway = true;
    const log = {
      ...kept,
      readStream: (...args: Parameters<typeof kept.readStream>) =>
        isAway ? Promise.reject(new Error('no leader')) : kept.readStream(...args),
    };
    const enabling = createEnabling({
      ...{ log, ids: systemIds, clock, logger },
      processes: [{ name: 'payments', startAt: 'head' }, { name: 'settlement' }],
      stopping: new AbortController().signal,
    });
    await enabling.start();
    expect(enabling.isDone()).toBe(false);
    isAway = false;
    await clock.advance(1_000);
    expect(enabling.isDone()).toBe(true);
    expect(kept.recorded.map(({ type, data }) => [type, data])).toEqual([
      ['ProcessEnabled', { process: 'payments' }],
    ]);
  });
});
