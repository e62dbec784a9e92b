import { createKeyedQueue } from '../../src/lib/keyed-queue.ts';
import { upTo } from '../engine/commands/engine-world.ts';

/** A task that ends when the test releases it. */
function held() {
  let release: () => void = () => undefined;
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { until, release };
}

class FullError extends Error {}

const newQueue = () =>
  createKeyedQueue({ maxWaiting: 1_000, full: (key) => new FullError(`too many at ${key}`) });
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the queue of one key', () => {
  it('runs its tasks one after the other, in order', async () => {
    const inQueue = newQueue();
    const log: string[] = [];
    const task = (n: number) => async () => {
      log.push(`begin ${n}`);
      await turn();
      log.push(`end ${n}`);
      return n;
    };
    const results = await Promise.all(upTo(4).map((n) => inQueue('k', task(n))));
    expect(results).toStrictEqual(upTo(4));
    expect(log).toStrictEqual(upTo(4).flatMap((n) => [`begin ${n}`, `end ${n}`]));
  });

  it('does not wait for other keys', async () => {
    const inQueue = newQueue();
    const { until, release } = held();
    const slow = inQueue('a', () => until);
    expect(await inQueue('b', () => Promise.resolve('done'))).toBe('done');
    release();
    await slow;
  });

  it('continues after a task that failed, and gives the error to its own caller only', async () => {
    const inQueue = newQueue();
    const failing = inQueue('k', () => Promise.reject(new Error('no')));
    const next = inQueue('k', () => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('rejects a task beyond the limit of 1,000, and accepts more once they are done', async () => {
    const inQueue = newQueue();
    const { until, release } = held();
    const waiting = upTo(1_000).map(() => inQueue('k', () => until));
    await expect(inQueue('k', () => until)).rejects.toThrow(new FullError('too many at k'));
    release();
    await Promise.all(waiting);
    const again = upTo(1_000).map((n) => inQueue('k', () => Promise.resolve(n)));
    expect(await Promise.all(again)).toStrictEqual(upTo(1_000));
  });

  it('counts the waiting tasks correctly while some end and others arrive', async () => {
    const inQueue = newQueue();
    const holds = upTo(1_000).map(held);
    const waiting = holds.map(({ until }) => inQueue('k', () => until));
    holds.slice(0, 3).forEach(({ release }) => {
      release();
    });
    await Promise.all(waiting.slice(0, 3));
    const late = held();
    const taken = upTo(3).map(() => inQueue('k', () => late.until));
    await expect(inQueue('k', () => late.until)).rejects.toThrow(FullError);
    holds.forEach(({ release }) => {
      release();
    });
    late.release();
    await Promise.all([...waiting, ...taken]);
  });
});
