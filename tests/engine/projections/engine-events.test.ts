import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { createEngineEvents } from '../../../src/engine/projections/engine-events.ts';
import { createFaultyLog, type Fault } from '../../support/faulty-log.ts';

const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const data = { key: 'k', kind: 'different', detail: '' };

describe('what the projection engine records about itself', () => {
  // An append whose answer was lost was tried again at the next revision and stood there twice.
  it.each<Fault>(['answer-lost', 'request-lost', 'busy'])(
    'stands in the log once when an append meets: %s',
    async (fault) => {
      const log = createFaultyLog(createMemoryEventLog({ clock: systemClock, ids: systemIds }));
      const journal = createEngineEvents(log, systemIds, logger);
      log.plan(fault);
      await journal.record('tabs', 'GapFound', data);
      await journal.record('tabs', 'GapHealed', { key: 'k', kind: 'different' });
      const events = await log.readStream('projection-system.tabs');
      expect(events.map(({ type }) => type)).toEqual(['GapFound', 'GapHealed']);
    },
  );

  it('appends after a concurrent writer', async () => {
    const log = createFaultyLog(createMemoryEventLog({ clock: systemClock, ids: systemIds }));
    const journal = createEngineEvents(log, systemIds, logger);
    log.beforeNextAppend(() => journal.record('tabs', 'GapFound', { ...data, key: 'rival' }));
    await journal.record('tabs', 'GapFound', data);
    const events = await log.readStream('projection-system.tabs');
    expect(events.map((event) => (event.data as { key: string }).key)).toEqual(['rival', 'k']);
  });
});
