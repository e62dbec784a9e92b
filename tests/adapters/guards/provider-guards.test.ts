import { createProviderGuards } from '../../../src/adapters/guards/provider-guards.ts';
import { createMemoryCache } from '../../../src/adapters/memory/cache.ts';
import type { ProviderName, ProviderResult } from '../../../src/ports/provider-client.ts';
import { BREAKERS, type CallPriority } from '../../../src/ports/provider-guard.ts';

let nowMs = 1_000_000;
const clock = { now: () => nowMs };
const open = (more: object = {}) => createProviderGuards({ clock, settings: BREAKERS, ...more });
type Guards = ReturnType<typeof open>;

const OK: ProviderResult<string> = { kind: 'ok', value: 'done' };
const DOWN: ProviderResult<string> = { kind: 'retry', code: 'status_503' };

function run(guards: Guards, result: ProviderResult<string>, provider: ProviderName = 'square') {
  const of = { storeId: 'a', provider, priority: 'medium' as CallPriority };
  return guards.run(of, () => Promise.resolve(result));
}

async function repeat(count: number, call: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i++) await call();
}

const states = (guards: Guards) => guards.report().map(({ state }) => state);

describe('The breaker of a provider', () => {
  it('opens at the threshold, and the call that opens it gets the fallback', async () => {
    const guards = open();
    await repeat(5, () => run(guards, OK));
    await repeat(4, () => run(guards, DOWN));
    expect(states(guards)).toEqual(['CLOSED']);
    expect(await run(guards, DOWN)).toEqual({
      ...{ kind: 'retry', code: 'queued_for_retry', afterMs: 30_000 },
    });
    expect(guards.report()).toMatchObject([
      { state: 'OPEN', failureCount: 5, requestCount: 10, failureRate: 50 },
    ]);
    expect(await run(guards, OK)).toMatchObject({ code: 'queued_for_retry' });
  });

  it('lets one call through after its time: success closes it, failure opens it again', async () => {
    const guards = open();
    await repeat(10, () => run(guards, DOWN));
    nowMs += 30_000;
    expect(await run(guards, DOWN)).toMatchObject({ code: 'queued_for_retry' });
    expect(states(guards)).toEqual(['OPEN']);
    nowMs += 30_000;
    expect(await run(guards, OK)).toEqual(OK);
    expect(guards.report()).toMatchObject([{ state: 'CLOSED', failureCount: 0 }]);
  });

  it('of Mercado Pago opens after five failures and needs two successes', async () => {
    const guards = open();
    await repeat(5, () => run(guards, DOWN, 'mercadopago'));
    expect(states(guards)).toEqual(['OPEN']);
    nowMs += 30_000;
    await run(guards, OK, 'mercadopago');
    expect(states(guards)).toEqual(['HALF_OPEN']);
    expect(await run(guards, DOWN, 'mercadopago')).toMatchObject({ code: 'queued_for_retry' });
    nowMs += 30_000;
    await repeat(2, () => run(guards, OK, 'mercadopago'));
    expect(states(guards)).toEqual(['CLOSED']);
  });

  it('of QuickBooks has the work reviewed by a person', async () => {
    const guards = open();
    await repeat(9, () => run(guards, DOWN, 'quickbooks'));
    expect(await run(guards, DOWN, 'quickbooks')).toMatchObject({
      ...{ code: 'queued_for_manual_review', afterMs: 60_000 },
    });
  });

  it('counts no wait for a limit, and makes no call that the limit denies', async () => {
    const guards = open();
    const of = { storeId: 'a', provider: 'square' as const, priority: 'high' as const };
    const patient = async () => {
      nowMs += 20_000;
      return undefined;
    };
    await repeat(12, () => guards.run({ ...of, admit: patient }, () => Promise.resolve(OK)));
    expect(guards.report()).toMatchObject([{ state: 'CLOSED', failureCount: 0 }]);

    const denied = { kind: 'retry', code: 'rate_limited', afterMs: 40_000 } as const;
    const admit = () => Promise.resolve(denied);
    const call = () => Promise.reject(new Error('expected no call'));
    expect(await guards.run({ ...of, admit }, call)).toEqual(denied);
  });

  it('counts slow calls as half a failure, and uses their results', async () => {
    const guards = open();
    const slow = () =>
      guards.run({ storeId: 'a', provider: 'square', priority: 'high' }, () => {
        nowMs += 5_001;
        return Promise.resolve(OK);
      });
    await repeat(9, slow);
    expect(guards.report()).toMatchObject([{ state: 'CLOSED', failureCount: 4.5 }]);
    expect(await slow()).toEqual(OK);
    expect(states(guards)).toEqual(['OPEN']);
  });

  it('does not count what is refused, limited, or long ago', async () => {
    const guards = open();
    await repeat(20, () => run(guards, { kind: 'permanent', code: 'INVALID' }));
    await repeat(20, () => run(guards, { kind: 'auth', code: 'UNAUTHORIZED' }));
    await repeat(20, () => run(guards, { kind: 'retry', code: 'RATE_LIMITED' }));
    await repeat(9, () => run(open(), DOWN));
    nowMs += 60_001;
    await run(guards, DOWN);
    expect(guards.report()).toMatchObject([{ state: 'CLOSED', requestCount: 1 }]);
  });

  it('of one shop is not that of another', async () => {
    const guards = open();
    await repeat(10, () => run(guards, DOWN));
    const other = { storeId: 'b', provider: 'square', priority: 'medium' } as const;
    expect(await guards.run(other, () => Promise.resolve(OK))).toEqual(OK);
    expect(states(guards)).toEqual(['OPEN', 'CLOSED']);
  });
});

describe('A breaker that instances share', () => {
  const DAY = 1_000_000_000;
  const openTwo = () => {
    nowMs += DAY;
    const kept = new Map<string, string>();
    const shared = {
      get: (key: string) => Promise.resolve(kept.get(key)),
      put: (key: string, value: string) => Promise.resolve(Boolean(kept.set(key, value))),
    };
    return { kept, guards: [open({ shared }), open({ shared })] as const };
  };
  const never = () => Promise.reject(new Error('expected no call'));
  const OF = { storeId: 'a', provider: 'square', priority: 'medium' } as const;

  it('is open at each of them when it opens at one, and shown so', async () => {
    const { guards } = openTwo();
    const [first, second] = guards;
    await run(second, OK);
    await repeat(10, () => run(first, DOWN));
    nowMs += 10_000;
    expect(await second.run(OF, never)).toMatchObject({
      ...{ code: 'queued_for_retry', afterMs: 20_000 },
    });
    expect(states(second)).toEqual(['OPEN']);
  });

  it('lets one call of each through after its time, and closes where it succeeds', async () => {
    const { guards } = openTwo();
    const [first, second] = guards;
    await run(second, OK);
    await repeat(10, () => run(first, DOWN));
    await second.run(OF, never);
    nowMs += 30_000;
    expect(await run(second, OK)).toEqual(OK);
    expect(states(second)).toEqual(['CLOSED']);
  });

  it('stays open at each when the call of one fails again', async () => {
    const { guards } = openTwo();
    const [first, second] = guards;
    await repeat(10, () => run(first, DOWN));
    await second.run(OF, never);
    nowMs += 30_000;
    await run(first, DOWN);
    expect(await second.run(OF, never)).toMatchObject({ afterMs: 30_000 });
  });

  it('is that of the own calls while the shared state is empty', async () => {
    const { guards, kept } = openTwo();
    const [first, second] = guards;
    await repeat(10, () => run(first, DOWN));
    kept.clear();
    expect(await first.run(OF, never)).toMatchObject({ code: 'queued_for_retry' });
    expect(await run(second, OK)).toEqual(OK);
  });

  it('is that of one shop in the cache, too', async () => {
    nowMs = Date.now();
    const shared = createMemoryCache();
    const [first, second] = [open({ shared }), open({ shared })];
    await repeat(10, () => run(first, DOWN));
    expect(await second.run(OF, never)).toMatchObject({ code: 'queued_for_retry' });
    expect(await second.run({ ...OF, storeId: 'b' }, () => Promise.resolve(OK))).toEqual(OK);
  });
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

/** A queue takes one call in a turn of the timers: after those of another shop, all are in it. */
async function queued(guards: Guards): Promise<void> {
  const other = { storeId: 'b', provider: 'square', priority: 'medium' } as const;
  await repeat(60, () => guards.run(other, () => Promise.resolve(OK)));
}

describe('The queue of calls', () => {
  /** Calls that end when they are let go. */
  function held(guards: Guards) {
    const order: string[] = [];
    const ends: (() => void)[] = [];
    const results: ProviderResult<string>[] = [];
    let calls = 0;
    return {
      ...{ order, results },
      add: (name: string, priority: CallPriority): void => {
        calls += 1;
        const call = () => {
          order.push(name);
          return new Promise<ProviderResult<string>>((resolve) => ends.push(() => resolve(OK)));
        };
        void guards
          .run({ storeId: 'a', provider: 'square', priority }, call)
          .then((result) => results.push(result));
      },
      letGo: async (): Promise<void> => {
        while (results.length < calls) {
          ends.shift()?.();
          await turn();
        }
      },
    };
  }

  it('takes ten at once, the others by priority, and loses none', async () => {
    const guards = open();
    const { add, letGo, order, results } = held(guards);
    for (let i = 0; i < 10; i++) add(`first ${i}`, 'low');
    add('low', 'low');
    add('medium', 'medium');
    add('high', 'high');
    await until(() => order.length === 10);
    await queued(guards);
    expect(guards.report()[0]).toMatchObject({ running: 10, waiting: 3 });
    await letGo();
    expect(results).toHaveLength(13);
    expect(order.slice(10)).toEqual(['high', 'medium', 'low']);
  });

  it('starves no call of low priority', async () => {
    const { add, letGo, order } = held(open());
    for (let i = 0; i < 10; i++) add(`first ${i}`, 'high');
    for (let i = 0; i < 40; i++) {
      const priority = i % 4 === 1 ? 'low' : 'high';
      add(priority, priority);
    }
    await letGo();
    expect(order.slice(10, 20)).toContain('low');
  });

  it('has a limit: what does not fit is to be tried later', async () => {
    const guards = open({ maxWaiting: 20 });
    const { add, letGo, results } = held(guards);
    for (let i = 0; i < 50; i++) add('call', 'medium');
    await queued(guards);
    await letGo();
    const full = results.filter((each) => each.kind === 'retry');
    expect(full[0]).toEqual({ kind: 'retry', code: 'queue_full', afterMs: 5_000 });
    expect([results.length, full.length]).toEqual([50, 20]);
  });
});
