import { createSerialQueue } from '../../../src/commands/engine/serial-queue.ts';
import { ConflictError } from '../../../src/domain/kernel/errors.ts';
import { upTo } from './engine-world.ts';

/** A task that ends when the test says so. */
function held() {
  let release: () => void = () => undefined;
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { until, release };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the line of one key', () => {
  it('runs its tasks one after the other, in order', async () => {
    const inLine = createSerialQueue();
    const log: string[] = [];
    const task = (n: number) => async () => {
      log.push(`begin ${n}`);
      await turn();
      log.push(`end ${n}`);
      return n;
    };
    const results = await Promise.all(upTo(4).map((n) => inLine('k', task(n))));
    expect(results).toStrictEqual(upTo(4));
    expect(log).toStrictEqual(upTo(4).flatMap((n) => [`begin ${n}`, `end ${n}`]));
  });

  it('does not wait for other keys', async () => {
    const inLine = createSerialQueue();
    const { until, release } = held();
    const slow = inLine('a', () => until);
    expect(await inLine('b', () => Promise.resolve('done'))).toBe('done');
    release();
    await slow;
  });

  it('goes on after a task that failed, and hands the error to its own caller only', async () => {
    const inLine = createSerialQueue();
    const failing = inLine('k', () => Promise.reject(new Error('no')));
    const next = inLine('k', () => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('refuses the task after the thousandth that waits, and takes more when they are done', async () => {
    const inLine = createSerialQueue();
    const { until, release } = held();
    const waiting = upTo(1_000).map(() => inLine('k', () => until));
    await expect(inLine('k', () => until)).rejects.toMatchObject({ code: 'contention' });
    await expect(inLine('k', () => until)).rejects.toBeInstanceOf(ConflictError);
    release();
    await Promise.all(waiting);
    const again = upTo(1_000).map((n) => inLine('k', () => Promise.resolve(n)));
    expect(await Promise.all(again)).toStrictEqual(upTo(1_000));
  });

  it('keeps the count of those who wait while some are done and others come', async () => {
    const inLine = createSerialQueue();
    const holds = upTo(1_000).map(held);
    const waiting = holds.map(({ until }) => inLine('k', () => until));
    holds.slice(0, 3).forEach(({ release }) => {
      release();
    });
    await Promise.all(waiting.slice(0, 3));
    const late = held();
    const taken = upTo(3).map(() => inLine('k', () => late.until));
    await expect(inLine('k', () => late.until)).rejects.toMatchObject({ code: 'contention' });
    holds.forEach(({ release }) => {
      release();
    });
    late.release();
    await Promise.all([...waiting, ...taken]);
  });
});
