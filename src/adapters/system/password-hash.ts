import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';

import { hash, verify } from '@node-rs/argon2';

import { TillstreamError } from '../../domain/kernel/errors.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import type { PasswordHash } from '../../ports/password-hash.ts';
import { createBcryptCheck } from './bcrypt-worker.ts';

/** 19 MiB and two passes, as OWASP recommends for Argon2id, which is the package's default. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const CURRENT = `$argon2id$v=19$m=${ARGON2.memoryCost},t=${ARGON2.timeCost},p=${ARGON2.parallelism}$`;
/** Up to a cost of 14: one more doubles the time. */
const BCRYPT = /^\$2[aby]\$(0[4-9]|1[0-4])\$/;
/** Threads of the pool that hash at once: the others serve files and look-ups. */
const AT_ONCE = Math.max(1, Math.min(2, availableParallelism() - 1));
/** Hashes in progress and waiting: those after them would wait longer than a person does. */
const MAX_WAITING = 48;

export interface PasswordHashOptions {
  readonly maxWaiting?: number;
}

/**
 * Argon2id on threads of the pool, a few at once. Reads hashes of bcrypt too, as other systems have
 * made them, on a thread of their own.
 */
export function createPasswordHash(options: PasswordHashOptions = {}): PasswordHash {
  const { maxWaiting = MAX_WAITING } = options;
  const turns = createSemaphore(AT_ONCE);
  const bcrypt = createBcryptCheck();
  let waiting = 0;
  let decoy: Promise<string> | undefined;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (waiting >= maxWaiting) {
      const message = `expected at most ${maxWaiting} sign-ins at a time`;
      throw new TillstreamError('overloaded', message);
    }
    waiting += 1;
    const release = await turns.acquire();
    try {
      return await work();
    } finally {
      release();
      waiting -= 1;
    }
  }

  const argon2 = (secret: string) => hash(secret, ARGON2);
  return {
    hash: (secret) => inTurn(() => argon2(secret)),
    verify: (secret, stored) =>
      inTurn(async () => {
        if (BCRYPT.test(stored)) return bcrypt(secret, stored);
        try {
          return await verify(stored, secret);
        } catch {
          // A stored text that is not a hash matches no password.
          return false;
        }
      }),
    isOutdated: (stored) => !stored.startsWith(CURRENT),
    decoy: () => (decoy ??= argon2(randomBytes(32).toString('hex'))),
  };
}
