import { ConflictError } from '../../domain/kernel/errors.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { MAX_VAULT_PAGE } from '../../ports/vault.ts';
import type { IdentityOptions } from './options.ts';
import type { UserReader } from './user-reader.ts';

const KIND = 'user-email';
/** A reservation whose user was never created: another one may take the address after this. */
const UNUSED_MS = 600_000;

interface Reservation {
  readonly userId: string;
  readonly reservedMs: number;
}

/** E-mail addresses in use: each is of one user of its shop, without regard to case. */
export interface Emails {
  find(storeId: string, email: string): Promise<string | undefined>;
  /** Call before the event with the address. @throws ConflictError email_taken. */
  reserve(storeId: string, email: string, userId: string): Promise<void>;
  /** Lets others use the address, if it is this user's. */
  release(storeId: string, email: string, userId: string): Promise<void>;
  /** Removes every address that the user has, or has had. */
  releaseAll(storeId: string, userId: string): Promise<void>;
  /** Names an address in the vault without holding it. */
  idOf(storeId: string, email: string): string;
  /** Whether a shop has ever had a user. */
  any(storeId: string): Promise<boolean>;
}

export function createEmails(
  { vault, clock, digest }: Pick<IdentityOptions, 'vault' | 'clock' | 'digest'>,
  users: UserReader,
): Emails {
  const idOf = (storeId: string, email: string) =>
    digest.sha256(`${storeId}\n${email.normalize('NFKC').toLowerCase()}`);
  const keyOf = (storeId: string, email: string) => ({
    storeId,
    kind: KIND,
    id: idOf(storeId, email),
  });

  async function read(storeId: string, email: string) {
    const record = await vault.get(keyOf(storeId, email));
    if (!record) return undefined;
    return { ...(JSON.parse(record.value) as Reservation), revision: record.revision };
  }

  return {
    idOf,
    find: async (storeId, email) => (await read(storeId, email))?.userId,
    async reserve(storeId, email, userId) {
      const found = await read(storeId, email);
      if (found?.userId === userId) return;
      if (found && !(await isUnused(storeId, found))) throw taken();
      const value = JSON.stringify({ userId, reservedMs: clock.now() } satisfies Reservation);
      const outcome = await vault.put(keyOf(storeId, email), { value }, found?.revision ?? 0);
      if (outcome === 'conflict') throw taken();
    },
    async release(storeId, email, userId) {
      const found = await read(storeId, email);
      if (found?.userId === userId) await vault.remove(keyOf(storeId, email));
    },
    async releaseAll(storeId, userId) {
      let after: string | undefined;
      for (;;) {
        const page = await vault.list(
          { storeId, kind: KIND },
          { limit: MAX_VAULT_PAGE, ...omitUndefined({ after }) },
        );
        for (const { id, value } of page) {
          const isOwn = (JSON.parse(value) as Reservation).userId === userId;
          if (isOwn) await vault.remove({ storeId, kind: KIND, id });
        }
        after = page.at(-1)?.id;
        if (page.length < MAX_VAULT_PAGE) return;
      }
    },
    any: async (storeId) => (await vault.list({ storeId, kind: KIND }, { limit: 1 })).length > 0,
  };

  async function isUnused(storeId: string, { userId, reservedMs }: Reservation): Promise<boolean> {
    if (clock.now() - reservedMs < UNUSED_MS) return false;
    return (await users.read(storeId, userId)).status === 'none';
  }
}

function taken(): ConflictError {
  return new ConflictError('email_taken', 'the e-mail address belongs to another user');
}
