import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { createStoredView } from '../../../src/engine/projections/shared/stored-view.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { createToys } from '../../support/toy-projections.ts';

const HOUR_MS = 3_600_000;
const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Sleepers wake in their order, one per turn; the clock on the wall is set back meanwhile. */
function createSetBackClock(): Clock & { readonly passedMs: number } {
  let passedMs = 0;
  let wall = Date.UTC(2027, 2, 28, 1);
  let sleepers: { at: number; wake: () => void }[] = [];
  const next = () => {
    const first = [...sleepers].sort((a, b) => a.at - b.at)[0];
    if (!first) return;
    sleepers = sleepers.filter((each) => each !== first);
    passedMs = first.at;
    first.wake();
  };
  return {
    get passedMs() {
      return passedMs;
    },
    now: () => (wall -= HOUR_MS),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = { at: passedMs + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((each) => each !== sleeper);
          resolve();
        });
        setImmediate(next);
      }),
  };
}

describe('what a process knows of read models that run elsewhere', () => {
  // Queries that named a position hung for as long as the clock had been set back.
  it('is waited for no longer than asked, though the clock on the wall is set back', async () => {
    const clock = createSetBackClock();
    const [projection] = createToys().all;
    if (!projection) throw new Error('expected a projection');
    const view = createStoredView({
      store: createMemoryReadStore(),
      clock,
      logger,
      projections: [projection],
    });
    const position = { commit: 1n, prepare: 1n };
    expect(await view.waitFor(projection.name, position, 200)).toBe(false);
    expect(clock.passedMs).toBeGreaterThanOrEqual(200);
    expect(clock.passedMs).toBeLessThan(300);
  });
});
