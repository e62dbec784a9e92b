import { TillstreamError } from '../../domain/kernel/errors.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import { createBoundedMap } from '../../lib/bounded-map.ts';
import { networkOf } from '../../lib/network.ts';
import type { IdentityOptions } from './options.ts';

const KIND = 'sign-in-attempts';
/** Attempts of one subject, such as an e-mail address, before it is locked for a while. */
const FREE_ATTEMPTS = 10;
const FIRST_LOCK_MS = 30_000;
const MAX_LOCK_MS = 900_000;
/** Without an attempt for this long, the count begins again. */
const FORGET_MS = 3_600_000;
/** Attempts that one network may fail in a window, for all its subjects together. */
const MAX_OF_NETWORK = 100;
const NETWORK_WINDOW_MS = 300_000;
const MAX_NETWORKS = 10_000;
const MAX_RETRIES = 20;

interface Attempts {
  readonly failures: number;
  readonly lockedUntilMs: number;
}

/**
 * Limits guessing. An attempt counts before it is checked, so that guesses at the same moment count
 * too; a success takes it back. Nothing here depends on whether the subject exists.
 */
export interface SignInAttempts {
  /** @throws TillstreamError too_many_attempts. */
  begin(storeId: string, subject: string, address: string): Promise<void>;
  succeeded(storeId: string, subject: string, address: string): Promise<void>;
  /** The attempt was not checked, and does not count. */
  cancel(storeId: string, subject: string, address: string): Promise<void>;
}

export function createAttempts(
  { vault, clock }: Pick<IdentityOptions, 'vault' | 'clock'>,
  freeAttempts = FREE_ATTEMPTS,
): SignInAttempts {
  const networks = createBoundedMap<string, { count: number; sinceMs: number }>(MAX_NETWORKS);

  async function change(
    storeId: string,
    id: string,
    next: (before: Attempts) => Attempts,
  ): Promise<void> {
    for (let tries = 0; tries < MAX_RETRIES; tries++) {
      const record = await vault.get({ storeId, kind: KIND, id });
      const before = record
        ? (JSON.parse(record.value) as Attempts)
        : { failures: 0, lockedUntilMs: 0 };
      const value = JSON.stringify(next(before));
      const expiresAt = formatInstant(clock.now() + FORGET_MS);
      const key = { storeId, kind: KIND, id };
      if ((await vault.put(key, { value, expiresAt }, record?.revision ?? 0)) === 'done') return;
    }
    throw tooMany(FIRST_LOCK_MS);
  }

  function countNetwork(address: string): void {
    const nowMs = clock.now();
    const network = networkOf(address);
    const known = networks.get(network);
    const isOld = !known || nowMs - known.sinceMs >= NETWORK_WINDOW_MS;
    const window = isOld ? { count: 0, sinceMs: nowMs } : known;
    if (window.count >= MAX_OF_NETWORK) throw tooMany(window.sinceMs + NETWORK_WINDOW_MS - nowMs);
    window.count += 1;
    networks.set(network, window);
  }

  function uncountNetwork(address: string): void {
    const known = networks.get(networkOf(address));
    if (known) known.count = Math.max(0, known.count - 1);
  }

  return {
    async cancel(storeId, subject, address) {
      uncountNetwork(address);
      await change(storeId, subject, ({ failures }) => ({
        failures: Math.max(0, failures - 1),
        lockedUntilMs: 0,
      }));
    },
    async begin(storeId, subject, address) {
      countNetwork(address);
      await change(storeId, subject, ({ failures, lockedUntilMs }) => {
        const nowMs = clock.now();
        if (lockedUntilMs > nowMs) throw tooMany(lockedUntilMs - nowMs);
        const over = failures + 1 - freeAttempts;
        const lockMs = over < 0 ? 0 : Math.min(FIRST_LOCK_MS * 2 ** over, MAX_LOCK_MS);
        return { failures: failures + 1, lockedUntilMs: nowMs + lockMs };
      });
    },
    async succeeded(storeId, subject, address) {
      uncountNetwork(address);
      await change(storeId, subject, () => ({ failures: 0, lockedUntilMs: 0 }));
    },
  };
}

function tooMany(waitMs: number): TillstreamError {
  const retryAfterS = Math.ceil(waitMs / 1_000);
  return new TillstreamError(
    'too_many_attempts',
    `expected fewer failed attempts; try again in ${retryAfterS} s`,
    { retryAfterS },
  );
}
