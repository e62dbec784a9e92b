import { createMemoryLeases } from '../../../src/adapters/memory/leases.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import {
  createLeaseScheduler,
  type LeaseScheduler,
} from '../../../src/engine/leases/lease-scheduler.ts';
import type { WorkUnit } from '../../../src/engine/leases/work-unit.ts';
import type { Leases } from '../../../src/ports/lease.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const TTL_MS = 3_000;
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };

type Happening = readonly [who: string, what: 'begins' | 'ends', unit: string, token?: number];

function createYard(unitNames: readonly string[]) {
  const clock = createFakeClock();
  const leases = createMemoryLeases(clock);
  const happened: Happening[] = [];
  const losers = new Map<string, () => void>();
  const all: LeaseScheduler[] = [];

  function worker(who: string, through: Leases = leases, beginMs = 0): LeaseScheduler {
    const units = unitNames.map((name): WorkUnit => ({
      name,
      async begin({ token, lost }) {
        happened.push([who, 'begins', name, token]);
        if (beginMs > 0) await clock.sleep(beginMs);
        losers.set(`${who} ${name}`, lost);
        return {
          async end() {
            happened.push([who, 'ends', name]);
          },
        };
      },
    }));
    const ids = { ...systemIds, random: () => 1 };
    const shifts = createLeaseScheduler({
      leases: through,
      clock,
      ids,
      logger,
      holder: who,
      ttlMs: TTL_MS,
      units,
    });
    all.push(shifts);
    return shifts;
  }
  return { clock, leases, happened, worker, losers, all };
}

let yard: ReturnType<typeof createYard>;
beforeEach(() => {
  yard = createYard(['a', 'b', 'c', 'd']);
});
afterEach(async () => {
  for (const shifts of yard.all) await shifts.stop();
});

/** Several rounds of everybody. */
const rounds = async (count = 3) => {
  for (let i = 0; i < count; i++) await yard.clock.advance(TTL_MS / 3 + 1);
};

describe('work shared by lease', () => {
  it('is all done by one process while it is alone', async () => {
    const one = yard.worker('one');
    one.start();
    await rounds();
    expect(one.held()).toEqual(['a', 'b', 'c', 'd']);
    expect(yard.happened).toHaveLength(4);
  });

  it('goes on while other units take long to begin, longer together than a lease lasts', async () => {
    const one = yard.worker('one', yard.leases, TTL_MS / 2);
    one.start();
    for (let i = 0; i < 40; i++) await yard.clock.advance(TTL_MS / 10);
    expect(one.held()).toEqual(['a', 'b', 'c', 'd']);
    expect(yard.happened.map(([, what]) => what)).toEqual(['begins', 'begins', 'begins', 'begins']);
    expect((await yard.leases.held()).map(({ name }) => name)).toContain('worker.one');
  });

  it('is kept over a slow storage, whose answers one after the other would take too long', async () => {
    const many = createYard(Array.from({ length: 40 }, (_, i) => `unit-${i}`));
    const slowly: Leases = {
      held: () => many.leases.held(),
      release: (...of) => many.leases.release(...of),
      async acquire(...of) {
        await many.clock.sleep(TTL_MS / 50);
        return many.leases.acquire(...of);
      },
    };
    const one = many.worker('one', slowly);
    one.start();
    for (let i = 0; i < 500; i++) await many.clock.advance(TTL_MS / 50);
    expect(one.held()).toHaveLength(40);
    expect(many.happened.filter(([, what]) => what === 'ends')).toEqual([]);
    const stopped = one.stop();
    await many.clock.advance(TTL_MS);
    await stopped;
  });

  it('is split evenly when another process comes, and each unit is done once', async () => {
    const [one, two] = [yard.worker('one'), yard.worker('two')];
    one.start();
    await rounds();
    two.start();
    await rounds(6);
    expect(one.held()).toHaveLength(2);
    expect(two.held()).toHaveLength(2);
    expect(new Set([...one.held(), ...two.held()]).size).toBe(4);
    for (const unit of two.held()) {
      const story = yard.happened.filter(([, , name]) => name === unit);
      expect(story.map(([who, what]) => `${who} ${what}`)).toEqual([
        'one begins',
        'one ends',
        'two begins',
      ]);
      expect(story[2]?.[3]).toBe(2);
    }
  });

  it('goes to the others at once when a process stops', async () => {
    const [one, two] = [yard.worker('one'), yard.worker('two')];
    one.start();
    two.start();
    await rounds(6);
    await one.stop();
    await rounds(2);
    expect(two.held().toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('goes to another within the lease time when its holder dies without a word', async () => {
    let dead = false;
    const dying: Leases = {
      ...yard.leases,
      acquire: (...args) => (dead ? new Promise(() => undefined) : yard.leases.acquire(...args)),
    };
    const one = yard.worker('one', dying);
    one.start();
    await rounds();
    dead = true;
    const two = yard.worker('two');
    two.start();
    await rounds(5);
    expect(two.held().toSorted()).toEqual(['a', 'b', 'c', 'd']);
    yard.all.shift();
  });

  it('ends by itself when the lease could not be renewed in time', async () => {
    let away = false;
    const flaky: Leases = {
      ...yard.leases,
      acquire: (...args) =>
        away ? Promise.reject(new Error('no answer')) : yard.leases.acquire(...args),
    };
    const one = yard.worker('one', flaky);
    one.start();
    await rounds();
    away = true;
    await rounds(2);
    expect(one.held()).toHaveLength(4);
    await rounds(4);
    expect(one.held()).toEqual([]);
    expect(yard.happened.filter(([, what]) => what === 'ends')).toHaveLength(4);
    away = false;
    await rounds(2);
    expect(one.held()).toHaveLength(4);
    expect(yard.happened.at(-1)?.[3]).toBe(2);
  });

  it('ends at once when it finds out itself that it was taken over', async () => {
    const one = yard.worker('one');
    one.start();
    await rounds();
    yard.losers.get('one a')?.();
    expect(yard.happened.at(-1)).toEqual(['one', 'ends', 'a']);
    expect(one.held()).toEqual(['b', 'c', 'd']);
  });
});
