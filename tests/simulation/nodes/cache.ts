import type { CacheKey } from '../../../src/domain/kernel/names.ts';
import type { Cache, Invalidated } from '../../../src/ports/cache.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';

/** How long a node waits for the cache. */
const TIMEOUT_MS = 50;
const MOST_AWAY_MS = 1_500;

/** The cache as it lies there: values with their end, and who is subscribed. */
export interface SimCache {
  readonly values: Map<CacheKey, { readonly value: string; readonly untilMs: number }>;
  readonly subscribers: Set<(invalidated: Invalidated) => void>;
}

export function createSimCache(): SimCache {
  return { values: new Map(), subscribers: new Set() };
}

/**
 * The cache as one life of a node has it, over two connections that each keep their order: one for
 * commands, of which some are lost or their answers, and one for announcements, which is cut at
 * times. What comes meanwhile is lost.
 */
export function createNodeCache(
  { world, weather, faults }: Conditions,
  life: Life,
  { values, subscribers }: SimCache,
): Cache {
  const rnd = world.rnd('cache');
  const way = () => rnd.next() * weather.latencyMs;
  const [send, receive] = [createLine(), createLine()];
  const listeners = new Set<(invalidated: Invalidated) => void>();
  let isListening = true;

  /** One after the other, each after the way that it takes. */
  function createLine() {
    let last: Promise<unknown> = Promise.resolve();
    return <T>(label: string, carryOut: () => T, delayMs = way()): Promise<T> => {
      const next = last.then(
        () =>
          new Promise<T>((resolve) => {
            world.at(delayMs, label, () => resolve(carryOut()), life);
          }),
      );
      last = next;
      return next;
    };
  }

  function command<T>(name: string, carryOut: () => T, lost: T): Promise<T> {
    const isLost = rnd.chance(faults.storeFails);
    const isAnswerLost = rnd.chance(faults.storeAnswerLost);
    const result = send(`cache ${name}`, () => (isLost ? lost : carryOut()));
    if (!isLost && !isAnswerLost) return result;
    return result.then(() => send(`cache ${name} times out`, () => lost, TIMEOUT_MS));
  }

  const notify = (invalidated: Invalidated) => {
    for (const listener of listeners) listener(invalidated);
  };

  function subscriber(invalidated: Invalidated): void {
    if (!life.alive) subscribers.delete(subscriber);
    else if (isListening && rnd.chance(faults.subscriptionCut)) cut();
    else if (isListening) void receive('an announcement', () => isListening && notify(invalidated));
  }

  function cut(): void {
    isListening = false;
    const back = () => {
      isListening = true;
      notify('all');
    };
    world.at(rnd.next() * MOST_AWAY_MS, 'the cache is back', back, life);
  }

  return {
    get: (key) =>
      command(
        'get',
        () => {
          const found = values.get(key);
          return found && world.now < found.untilMs ? found.value : undefined;
        },
        undefined,
      ),
    put: (key, value, { ttlMs }) =>
      command('put', () => values.set(key, { value, untilMs: world.now + ttlMs }).has(key), false),
    drop: (keys) =>
      command('drop', () => keys.map((key) => values.delete(key)).length === keys.length, false),
    async announce(keys) {
      notify(keys);
      const tell = () => {
        for (const each of subscribers) if (each !== subscriber) each(keys);
        return true;
      };
      return command('announce', tell, false);
    },
    onInvalidated(listener) {
      listeners.add(listener);
      subscribers.add(subscriber);
      listener('all');
      return () => void listeners.delete(listener);
    },
    isListening: () => isListening,
  };
}
