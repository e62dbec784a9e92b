import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { createPinAttemptCounts } from '../../../src/commands/identity/pin-attempts.ts';
import { MAX_PIN_EVENTS, pinEvents } from '../../../src/domain/identity/index.ts';
import type { TillstreamError } from '../../../src/domain/kernel/errors.ts';
import { eventTypes } from '../../../src/domain/kernel/event-types.ts';
import { createCommandEngine } from '../../../src/engine/commands/command-engine.ts';
import { ENGINE_EVENT_TYPES } from '../../../src/engine/commands/engine-events.ts';

const DEVICE = 'd1';
const REQUEST = { correlationId: 'test', address: '192.0.2.1', origin: { address: '192.0.2.1' } };
const subject = (userId: string) => ({ storeId: 'a', deviceId: DEVICE, userId });
const pageOf = (page: number) => `pinattempts-a.${DEVICE}-${page}`;

function openLog() {
  let aheadMs = 0;
  const ids = systemIds;
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  const log = createMemoryEventLog({ clock, ids });
  const types = eventTypes(ENGINE_EVENT_TYPES, pinEvents.types);
  const calendar = { businessDay: () => '2026-11-30' };
  /** Another instance: nothing is remembered. */
  const instance = () =>
    createPinAttemptCounts({
      ...{ clock, ids, calendar },
      commands: createCommandEngine({ log, clock, ids, types }),
    });
  return { log, instance, wait: (ms: number) => (aheadMs += ms) };
}

async function signInTimes(counts: ReturnType<typeof createPinAttemptCounts>, times: number) {
  for (let i = 0; i < times; i++) {
    await counts.record('TryPin', subject('ana'), REQUEST);
    await counts.record('AcceptPin', subject('ana'), REQUEST);
  }
}

const codeOf = (failed: Promise<unknown>) =>
  failed.then(
    () => 'none',
    (error: unknown) => (error as TillstreamError).code,
  );

describe('Attempts at a device', () => {
  it('are counted without an end, in streams of a bounded length', async () => {
    const { log, instance } = openLog();
    await signInTimes(instance(), 6_000);
    const lengths = [];
    for (let page = 1; ; page++) {
      const events = await log.readStream(pageOf(page), { limit: 2 * MAX_PIN_EVENTS });
      if (events.length === 0) break;
      lengths.push(events.length);
    }
    expect(lengths).toHaveLength(13);
    expect(Math.max(...lengths)).toBe(MAX_PIN_EVENTS);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(12_013);
  });

  it('keep counts and locks where a stream ends, for every instance', async () => {
    const { log, instance, wait } = openLog();
    const first = instance();
    const second = instance();
    // The stream has room for three more events.
    await signInTimes(first, (MAX_PIN_EVENTS - 4) / 2);
    for (let i = 0; i < 4; i++) await second.record('TryPin', subject('ben'), REQUEST);
    const [opened] = await log.readStream(pageOf(2));
    expect(opened?.data).toMatchObject({ carried: [{ userId: 'ben', attempts: 3 }] });
    await first.record('TryPin', subject('ben'), REQUEST);
    for (const each of [first, second, instance()]) {
      expect(await codeOf(each.record('TryPin', subject('ben'), REQUEST))).toBe('pin_locked');
      await each.record('TryPin', subject('ana'), REQUEST);
      await each.record('AcceptPin', subject('ana'), REQUEST);
    }
    wait(300_000);
    await second.record('TryPin', subject('ben'), REQUEST);
    expect(await codeOf(first.record('TryPin', subject('ben'), REQUEST))).toBe('pin_locked');
  });

  it('count guesses at the same moment one by one where a stream ends', async () => {
    const { log, instance } = openLog();
    const instances = [instance(), instance()] as const;
    await signInTimes(instances[0], (MAX_PIN_EVENTS - 4) / 2);
    const guesses = Array.from({ length: 8 }, (_, i) =>
      codeOf((instances[i % 2] ?? instances[0]).record('TryPin', subject('ben'), REQUEST)),
    );
    const outcomes = await Promise.all(guesses);
    expect(outcomes.filter((code) => code === 'none')).toHaveLength(5);
    expect(outcomes.filter((code) => code === 'pin_locked')).toHaveLength(3);
    const events = await log.readStream(pageOf(2));
    expect(events.map(({ type }) => type)).toEqual(['PinAttemptsOpened', 'PinTried', 'PinTried']);
  });
});
