import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf, storeOf } from '../../../src/domain/kernel/names.ts';
import type { CreateChecker } from './checker.ts';

const FREE_ATTEMPTS = 5;
const FIRST_LOCK_MS = 300_000;
const MAX_LOCK_MS = 3_600_000;

interface Attempts {
  readonly count: number;
  readonly lockedUntilMs: number;
}

interface Carried {
  readonly userId: string;
  readonly attempts: number;
  readonly lockedUntil?: string;
}

const NONE: Attempts = { count: 0, lockedUntilMs: 0 };

/** Rules of PINs, from the events alone: each attempt counts, and a lock holds for its time. */
export const identityRules: CreateChecker = ({ servers }, fail) => {
  const attempts = new Map<string, Attempts>();
  let seen = 0;

  function tried({ stream, revision, data }: RecordedEvent, name: string): void {
    const { attempt, lockedUntil } = data as { attempt: number; lockedUntil?: string };
    const before = attempts.get(name) ?? NONE;
    const place = `${stream} at ${revision}`;
    if (attempt !== before.count + 1) {
      fail('pin-attempts', `${place} is attempt ${attempt}, after ${before.count}`);
    }
    const over = attempt - FREE_ATTEMPTS;
    if ((lockedUntil === undefined) !== over < 0) {
      fail('pin-lock', `${place} is attempt ${attempt}, locked until ${String(lockedUntil)}`);
    }
    const lockedUntilMs = lockedUntil === undefined ? 0 : Date.parse(lockedUntil);
    const lockMs = Math.min(FIRST_LOCK_MS * 2 ** Math.max(0, over), MAX_LOCK_MS);
    if (lockedUntilMs > 0 && lockedUntilMs - lockMs < before.lockedUntilMs) {
      fail('pin-lock', `${place} was tried while the user was locked`);
    }
    attempts.set(name, { count: attempt, lockedUntilMs });
  }

  /** No count and no lock is lost where the stream of a device ends. */
  function opened({ stream, data }: RecordedEvent): void {
    const { deviceId, carried } = data as { deviceId: string; carried: readonly Carried[] };
    const device = `${storeOf(stream)} ${deviceId} `;
    const expected = [...attempts]
      .filter(([name, { count }]) => name.startsWith(device) && count > 0)
      .map(([name, { count, lockedUntilMs }]) => `${name} ${count} ${lockedUntilMs}`);
    const found = carried.map(
      ({ userId, attempts: count, lockedUntil }) =>
        `${device}${userId} ${count} ${lockedUntil === undefined ? 0 : Date.parse(lockedUntil)}`,
    );
    if (expected.sort().join() !== found.sort().join()) {
      fail('pin-attempts', `${stream} begins with ${found.join()}, after ${expected.join()}`);
    }
  }

  function note(event: RecordedEvent): void {
    const { stream, type, revision, data } = event;
    if (categoryOf(stream) !== 'pinattempts') return;
    if (type === 'PinAttemptsOpened') {
      opened(event);
      return;
    }
    const { deviceId, userId } = data as { deviceId: string; userId: string };
    const name = `${storeOf(stream)} ${deviceId} ${userId}`;
    const before = attempts.get(name) ?? NONE;
    if (type === 'PinTried') tried(event, name);
    if (type === 'PinNotChecked') {
      attempts.set(name, { count: Math.max(0, before.count - 1), lockedUntilMs: 0 });
    }
    if (type !== 'PinAccepted') return;
    if (before.count === 0) {
      fail('pin-attempts', `${stream} at ${revision} accepted a PIN that was not tried`);
    }
    attempts.set(name, NONE);
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
    },
  };
};
