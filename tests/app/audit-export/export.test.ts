import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import {
  type AuditSink,
  type ExportStep,
  runAuditExport,
} from '../../../src/app/audit-export/export.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { WorkLease } from '../../../src/engine/leases/work-unit.ts';
import { someEvents, someMetadata } from '../../support/event-log.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

async function* NO_SLICES() {}
const SHOPS = ['a', 'b'];
const isEven = ({ data }: RecordedEvent) => (data as { n: number }).n % 2 === 0;

/** A sink that remembers its steps, as deliveries do: one that is there already is not taken again. */
function createSteps() {
  const steps = new Map<string, ExportStep>();
  const sink: AuditSink = {
    name: 'test',
    takenUpTo: async ({ storeId, after }) => steps.get(`${storeId} ${after}`)?.upTo,
    async take(given) {
      for (const step of given) {
        const key = `${step.storeId} ${step.after}`;
        if (!steps.has(key)) steps.set(key, step);
      }
    },
  };
  const numbers = (storeId: string) =>
    [...steps.values()]
      .filter((step) => step.storeId === storeId)
      .flatMap(({ events }) => events.map(({ data }) => (data as { n: number }).n));
  return { sink, numbers };
}

function openWorld() {
  const clock = createFakeClock();
  const log = createMemoryEventLog({ clock, ids: systemIds });
  const store = createMemoryReadStore();
  const { sink, numbers } = createSteps();
  let count = 0;
  async function append(events: number) {
    for (const event of someEvents(events, count)) {
      const storeId = SHOPS[(count >> 1) % 2] ?? '';
      const stream = `note-${storeId}.${count}`;
      await log.append(stream, 'no-stream', [{ ...event, metadata: someMetadata({ storeId }) }]);
      count += 1;
    }
  }
  function run(over: { store?: typeof store; lease?: WorkLease } = {}) {
    const stopping = new AbortController();
    const warnings: unknown[] = [];
    const logger = {
      debug() {},
      info() {},
      error() {},
      warn: (f: unknown) => void warnings.push(f),
    };
    const records = { isExported: isEven, slicesOf: NO_SLICES };
    const parts = { log, store, clock, logger, records, sink, ...over };
    const ended = runAuditExport(parts, stopping.signal);
    return { stopping, ended, warnings };
  }
  const expected = (storeId: string) =>
    Array.from({ length: count }, (_, n) => n).filter(
      (n) => n % 2 === 0 && SHOPS[(n >> 1) % 2] === storeId,
    );
  return { clock, store, append, run, numbers, expected };
}

describe('The export of audit records', () => {
  it('hands over the records of each shop once, in order, and goes on with new ones', async () => {
    const world = openWorld();
    await world.append(1_203);
    const running = world.run();
    await world.clock.untilSleeping();
    await world.append(10);
    await world.clock.advance(5_000);
    await world.clock.untilSleeping();
    running.stopping.abort();
    await running.ended;

    for (const shop of SHOPS) expect(world.numbers(shop)).toEqual(world.expected(shop));
  });

  it('loses and repeats nothing when it ends between a step and its checkpoint', async () => {
    const world = openWorld();
    await world.append(7);
    const commit = () => Promise.reject(new Error('the store does not respond'));
    const first = world.run({
      store: Object.assign(Object.create(world.store) as typeof world.store, { commit }),
    });
    await world.clock.untilSleeping();
    first.stopping.abort();
    await first.ended;
    expect(first.warnings).toHaveLength(1);
    await world.append(13);

    const second = world.run();
    await world.clock.untilSleeping();
    second.stopping.abort();
    await second.ended;

    for (const shop of SHOPS) expect(world.numbers(shop)).toEqual(world.expected(shop));
  });

  it('takes no step once another instance has the lease', async () => {
    const world = openWorld();
    await world.append(4);
    const lost: string[] = [];
    const first = world.run({ lease: { token: 1, lost: () => void lost.push('first') } });
    await world.clock.untilSleeping();
    const before = world.numbers('a');
    await world.store.claimCheckpoint('export-test', 2);
    await world.append(8);

    await world.clock.advance(5_000);
    await world.clock.untilSleeping();

    expect(lost).toEqual(['first']);
    expect(world.numbers('a')).toEqual(before);
    first.stopping.abort();
    await first.ended;
    const second = world.run({ lease: { token: 2, lost: () => void lost.push('second') } });
    await world.clock.untilSleeping();
    second.stopping.abort();
    await second.ended;
    expect(lost).toEqual(['first']);
    for (const shop of SHOPS) expect(world.numbers(shop)).toEqual(world.expected(shop));
  });
});
