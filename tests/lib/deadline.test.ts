import { within } from '../../src/lib/deadline.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const never = new Promise<never>(() => undefined);

function setUp() {
  const clock = createFakeClock();
  const late = () => new Error('too late');
  const sleep = clock.sleep.bind(clock);
  const deadline = { ms: 1_000, sleep, late };
  return { clock, deadline };
}

describe('within', () => {
  it('passes on a result that comes in time, and a failure as well', async () => {
    const { deadline } = setUp();
    await expect(within(deadline, Promise.resolve(7))).resolves.toBe(7);
    await expect(within(deadline, Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('rejects at the deadline, not before', async () => {
    const { clock, deadline } = setUp();
    let error: unknown;
    void within(deadline, never).catch((reason: unknown) => (error = reason));
    await clock.advance(999);
    expect(error).toBeUndefined();
    await clock.advance(1);
    expect(error).toEqual(new Error('too late'));
  });

  it('drops what comes after the deadline', async () => {
    const { clock, deadline } = setUp();
    let reject: (error: Error) => void = () => undefined;
    const failing = new Promise<never>((_, fail) => (reject = fail));
    const waiting = expect(within(deadline, failing)).rejects.toThrow('too late');
    await clock.advance(1_000);
    await waiting;
    reject(new Error('unhandled'));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('ends its sleep when the promise settles, and makes no error then', async () => {
    const { clock, deadline } = setUp();
    let errors = 0;
    const late = () => new Error(`error ${(errors += 1)}`);
    await within({ ...deadline, late }, Promise.resolve(7));
    await clock.advance(0);
    expect(clock.sleeping).toBe(0);
    expect(errors).toBe(0);
  });
});
