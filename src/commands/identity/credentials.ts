import type { IdentityOptions } from './options.ts';

const MAX_RETRIES = 5;
/** The id of no user: ids are made of hexadecimal digits and dashes. */
const NO_USER = 'none';

/** What proves that a person is a user: a hash in the vault, never in an event. */
export interface Credentials {
  set(storeId: string, userId: string, secret: string): Promise<void>;
  /** Takes over a hash of another system; the first sign-in replaces it. */
  take(storeId: string, userId: string, hash: string): Promise<void>;
  /** Whether it is the user's. Costs the same without a user, or without a credential. */
  verify(storeId: string, userId: string | undefined, secret: string): Promise<boolean>;
  remove(storeId: string, userId: string): Promise<void>;
}

export function createCredentials(
  { vault, passwords }: Pick<IdentityOptions, 'vault' | 'passwords'>,
  kind: 'password' | 'pin',
): Credentials {
  async function put(storeId: string, id: string, hash: string): Promise<void> {
    for (let tries = 0; tries < MAX_RETRIES; tries++) {
      const before = await vault.get({ storeId, kind, id });
      const value = JSON.stringify({ hash });
      const outcome = await vault.put({ storeId, kind, id }, { value }, before?.revision ?? 0);
      if (outcome === 'done') return;
    }
  }

  async function hashOf(storeId: string, id: string): Promise<string | undefined> {
    const record = await vault.get({ storeId, kind, id });
    return record && (JSON.parse(record.value) as { hash: string }).hash;
  }

  return {
    set: async (storeId, userId, secret) => put(storeId, userId, await passwords.hash(secret)),
    take: put,
    async verify(storeId, userId, secret) {
      // Also without a user, so that the duration does not depend on whether there is one.
      const found = await hashOf(storeId, userId ?? NO_USER);
      const stored = userId === undefined ? undefined : found;
      const matches = await passwords.verify(secret, stored ?? (await passwords.decoy()));
      if (!matches || userId === undefined || stored === undefined) return false;
      if (passwords.isOutdated(stored)) await put(storeId, userId, await passwords.hash(secret));
      return true;
    },
    remove: (storeId, userId) => vault.remove({ storeId, kind, id: userId }),
  };
}
