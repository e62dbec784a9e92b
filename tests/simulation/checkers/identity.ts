import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import type { CreateChecker } from './checker.ts';

const FREE_ATTEMPTS = 5;
const FIRST_LOCK_MS = 300_000;
const MAX_LOCK_MS = 3_600_000;

interface Attempts {
  readonly count: number;
  readonly lockedUntilMs: number;
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

  function note(event: RecordedEvent): void {
    const { stream, type, revision, data } = event;
    if (categoryOf(stream) !== 'device') return;
    const name = `${stream} ${String((data as { userId?: string }).userId)}`;
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
