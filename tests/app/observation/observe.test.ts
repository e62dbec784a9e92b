import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { createSystemMetrics } from '../../../src/adapters/system/metrics.ts';
import { measureObservation } from '../../../src/app/observation/measure-observation.ts';
import { observe, type ObserveOptions } from '../../../src/app/observation/observe.ts';
import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type { ProcessReport } from '../../../src/engine/processes/process-engine.ts';
import type { ProjectionReport } from '../../../src/engine/projections/projection-view.ts';
import { createSlidingTally } from '../../../src/lib/sliding-tally.ts';
import { NO_HOST } from '../../../src/ports/host.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const someEvent = (id: string): NewEvent => ({
  id,
  type: 'NoteWritten',
  data: {},
  metadata: {
    storeId: 'a',
    commandId: id,
    fields: {},
    correlationId: 'c',
    causationId: 'c',
    actor: { kind: 'system', id: 'test' },
    schemaVersion: 1,
  },
});

const projection: ProjectionReport = {
  name: 'orders',
  version: 1,
  generation: 1,
  state: 'live',
  position: START,
  lastRecordedAt: undefined,
  blocked: undefined,
  failing: undefined,
  caughtUp: true,
  audited: undefined,
  building: undefined,
};
const process: ProcessReport = {
  name: 'settlement',
  position: START,
  stuck: undefined,
  failing: undefined,
};

function world(changes: Partial<ObserveOptions> = {}) {
  const clock = createFakeClock();
  const log = createMemoryEventLog({ clock, ids: systemIds });
  const options: ObserveOptions = {
    log,
    projections: { report: () => [projection], counts: () => new Map([['GapFound', 2]]) },
    processes: { report: () => [process] },
    dependencies: [
      { name: 'event-log', kind: 'memory', needed: true, ping: () => Promise.resolve() },
      { name: 'cache', kind: 'test', needed: false, ping: () => Promise.reject(new Error('no')) },
    ],
    denials: createSlidingTally({ windowMs: 60_000, slots: 6, maxKeys: 10 }),
    appendFailure: () => undefined,
    host: {
      ...NO_HOST,
      disk: () => Promise.resolve({ freeBytes: 25, totalBytes: 100 }),
      startsLastHour: () => 3,
      heap: () => ({ usedBytes: 1_000, growthBytesPerHour: 10 }),
    },
    clock,
    ...changes,
  };
  return { clock, log, options };
}

describe('An observation', () => {
  it('measures the lag of read models and processes in events and seconds', async () => {
    const { clock, log, options } = world();
    await log.append('note-a.1', 'no-stream', [someEvent('1'), someEvent('2')]);
    await clock.advance(4_000);

    const { projections, processes } = await observe(options);

    expect(projections[0]?.lag).toEqual({ events: 2, seconds: 4 });
    expect(processes[0]?.lag).toEqual({ events: 2, seconds: 4 });
  });

  it('leaves out what does not answer in time', async () => {
    const never = new Promise<never>(() => undefined);
    const { clock, options } = world();
    const hanging = observe({ ...options, log: { ...options.log, head: () => never } });
    await clock.untilSleeping();
    await clock.advance(5_000);

    const { projections, disk, dependencies } = await hanging;

    expect(projections[0]?.lag).toBeUndefined();
    expect(disk).toEqual({ freeBytes: 25, totalBytes: 100 });
    expect(dependencies.map(({ name, ok }) => [name, ok])).toEqual([
      ['event-log', true],
      ['cache', false],
    ]);
  });

  it('is shown by a scrape, until the next one', async () => {
    const { clock, log, options } = world();
    await log.append('note-a.1', 'no-stream', [someEvent('1')]);
    await clock.advance(2_000);
    const metrics = createSystemMetrics({ runtime: false });
    let latest = await observe(options);
    measureObservation(metrics, () => latest);

    await metrics.scrape();
    const { text } = await metrics.scrape();

    const lines = [
      'projection_lag_events{projection="orders"} 1',
      'projection_lag_seconds{projection="orders"} 2',
      'process_lag_events{process="settlement"} 1',
      'projection_engine_events_total{type="GapFound"} 2',
      'dependency_up{dependency="cache"} 0',
      'disk_free_ratio 0.25',
      'instance_starts_last_hour 3',
      'heap_used_after_gc_bytes 1000',
    ];
    for (const line of lines) expect(text).toContain(line);

    latest = { ...latest, projections: [], processes: [] };
    expect((await metrics.scrape()).text).not.toContain('projection="orders"');
  });
});
