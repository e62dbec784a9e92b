import { createTimeLimit, TimeLimitError } from '../../../src/adapters/eventstoredb/time-limits.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const LIMIT_MS = 1_000;
/** The limit is kept with a tolerance of a tenth. */
const LATE_MS = LIMIT_MS / 10;

function setUp() {
  const clock = createFakeClock();
  const within = createTimeLimit(clock, LIMIT_MS);
  const gaveUp: string[] = [];
  /** Waits for a promise that never settles. */
  const wait = (name: string) => {
    void within(name, new Promise(() => undefined)).catch((error: unknown) => {
      if (error instanceof TimeLimitError) gaveUp.push(name);
    });
  };
  return { clock, within, wait, gaveUp };
}

test('an answer in time is passed on, and so is a failure', async () => {
  const { within } = setUp();
  await expect(within('an answer', Promise.resolve(7))).resolves.toBe(7);
  await expect(within('an answer', Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('gives up after the limit, and by a tenth of it later at most', async () => {
  const { clock, wait, gaveUp } = setUp();
  wait('first');
  await clock.advance(LIMIT_MS - 1);
  expect(gaveUp).toEqual([]);
  await clock.advance(1 + LATE_MS);
  expect(gaveUp).toEqual(['first']);
});

test('each waits its own time, however many wait before it', async () => {
  const { clock, wait, gaveUp } = setUp();
  wait('first');
  await clock.advance(LIMIT_MS / 2 + 1);
  wait('second');
  await clock.advance(LIMIT_MS / 2 + LATE_MS);
  expect(gaveUp).toEqual(['first']);
  await clock.advance(LIMIT_MS / 2 - 2 * LATE_MS);
  expect(gaveUp).toEqual(['first']);
  await clock.advance(2 * LATE_MS);
  expect(gaveUp).toEqual(['first', 'second']);
});

test('the answer of one does not end the wait of another', async () => {
  const { clock, within, wait, gaveUp } = setUp();
  wait('first');
  await within('an answer', Promise.resolve(7));
  await clock.advance(LIMIT_MS + LATE_MS);
  expect(gaveUp).toEqual(['first']);
});

test('nothing sleeps without waits, and a later wait gets its full time', async () => {
  const { clock, within, wait, gaveUp } = setUp();
  await within('an answer', Promise.resolve(7));
  await clock.advance(0);
  expect(clock.sleeping).toBe(0);
  await clock.advance(10 * LIMIT_MS);
  wait('later');
  await clock.advance(LIMIT_MS - 1);
  expect(gaveUp).toEqual([]);
  await clock.advance(1 + LATE_MS);
  expect(gaveUp).toEqual(['later']);
  expect(clock.sleeping).toBe(0);
});
