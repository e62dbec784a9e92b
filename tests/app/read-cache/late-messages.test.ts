import fc from 'fast-check';

import type { CacheKey } from '../../../src/domain/kernel/names.ts';
import type { Cache, Invalidated } from '../../../src/ports/cache.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createInstance, type Instance } from './support.ts';

type Step =
  | { readonly kind: 'write'; readonly id: string }
  | { readonly kind: 'read'; readonly id: string; readonly by: number; readonly fresh: boolean };

const id = fc.constantFrom('a', 'b');
const step = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), id }),
  fc.record({ kind: fc.constant('read' as const), id, by: fc.nat(2), fresh: fc.boolean() }),
);

/**
 * One shared cache whose connections each keep their order, and are late in any way among one
 * another, as those of a server are.
 */
function createLateCache(s: fc.Scheduler): () => Cache {
  const values = new Map<CacheKey, string>();
  /** How announcements reach each connection. */
  const subscribers: ((keys: Invalidated) => void)[] = [];

  function createLine() {
    let last: Promise<unknown> = Promise.resolve();
    return <T>(carryOut: () => T): Promise<T> => {
      const next = last.then(() => s.schedule(Promise.resolve())).then(carryOut);
      last = next;
      return next;
    };
  }

  return function connect() {
    const [send, receive] = [createLine(), createLine()];
    let listener: (keys: Invalidated) => void = () => undefined;
    const subscriber = (keys: Invalidated) => void receive(() => listener(keys));
    subscribers.push(subscriber);
    return {
      get: (key) => send(() => values.get(key)),
      put: (key, value) => send(() => values.set(key, value).has(key)),
      drop: (keys) => send(() => keys.every((key) => values.delete(key) || true)),
      async announce(keys) {
        listener(keys);
        await send(() => {
          for (const each of subscribers) if (each !== subscriber) each(keys);
        });
        return true;
      },
      onInvalidated(added) {
        listener = added;
        return () => undefined;
      },
      isListening: () => true,
    };
  };
}

/** Three instances over one read store; the first writes the documents. */
function openThree(s: fc.Scheduler): readonly Instance[] {
  const connect = createLateCache(s);
  const shared = {
    clock: createFakeClock(),
    documents: new Map<string, string>(),
    view: { collection: 'items__v1_g1', position: 1 },
    isAlone: false,
  };
  return [0, 1, 2].map(() => createInstance({ ...shared, cache: connect() }));
}

describe('a read cache whose messages are late in any order', () => {
  it('is never older than a position that was asked for, and right in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { maxLength: 25 }), async (s, steps) => {
        const instances = openThree(s);
        const [writer] = instances as [Instance];
        const versions = new Map<string, number>();
        const failures: string[] = [];
        const reads: Promise<unknown>[] = [];
        const carryOut = async (next: Step): Promise<void> => {
          if (next.kind === 'write') {
            const version = (versions.get(next.id) ?? 0) + 1;
            versions.set(next.id, version);
            writer.write(next.id, String(version));
            return;
          }
          const reader = instances[next.by] as Instance;
          const least = versions.get(next.id) ?? 0;
          const load = async () => {
            const found = writer.documents.get(next.id) ?? '0';
            await s.schedule(Promise.resolve());
            return found;
          };
          const position = next.fresh ? writer.view.position : undefined;
          const read = reader.read(next.id, position, load).then((found) => {
            if (next.fresh && Number(found) < least) failures.push(`${found} < ${least}`);
          });
          reads.push(read);
        };
        const run = s.scheduleSequence(
          steps.map((next) => ({ label: next.kind, builder: () => carryOut(next) })),
        );
        await s.waitIdle();
        await run.task;
        await s.waitIdle();
        await Promise.all(reads);
        await s.waitIdle();

        for (const [key, version] of versions) {
          for (const instance of instances) {
            const last = instance.read(key);
            await s.waitIdle();
            expect(await last).toBe(String(version));
          }
        }
        expect(failures).toEqual([]);
        for (const instance of instances) instance.stop();
      }),
      { numRuns: 300 },
    );
  });
});
