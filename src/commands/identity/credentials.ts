import type { UserState } from '../../domain/identity/index.ts';
import { ConflictError } from '../../domain/kernel/errors.ts';
import type { IdentityOptions } from './options.ts';
import type { ShopSecrets } from './shop-secrets.ts';
import type { UserReader } from './user-reader.ts';

const MAX_RETRIES = 5;
/** The id of no user: ids are made of hexadecimal digits and dashes. */
const NO_USER = 'none';

/** One of the secrets that a user has had; the log says which is the one of now. */
export interface CredentialOf {
  readonly storeId: string;
  readonly userId: string;
  readonly generation: number;
}

interface Stored {
  readonly hash: string;
  /** Absent: stored by an earlier version. */
  readonly generation?: number;
}

/** What proves that a person is a user: a hash in the vault, never in an event. */
export interface Credentials {
  /**
   * Recognises the secret in repeats of its command, for the fields of the command. It can be made
   * only with the vault.
   */
  digestOf(storeId: string, secret: string): Promise<string>;
  /**
   * Call after the event that begins the generation, and for its repeats: a secret of a generation
   * that is over changes nothing, nor does one of a user whose data was erased.
   */
  set(credential: CredentialOf, secret: string): Promise<void>;
  /** Takes over a hash of another system; the first sign-in replaces it. */
  take(credential: CredentialOf, hash: string): Promise<void>;
  /** Call after the event that ends the generation before, and for its repeats. */
  clear(credential: CredentialOf): Promise<void>;
  /**
   * Whether it is the user's. Costs the same without a user, or without a credential. With a
   * generation, a secret of an earlier one is not valid any more, even if it is still stored.
   */
  verify(
    storeId: string,
    userId: string | undefined,
    secret: string,
    generation?: number,
  ): Promise<boolean>;
  remove(storeId: string, userId: string): Promise<void>;
}

export function createCredentials(
  { vault, passwords }: Pick<IdentityOptions, 'vault' | 'passwords'>,
  kind: 'password' | 'pin',
  { secrets, users }: { readonly secrets: ShopSecrets; readonly users: UserReader },
): Credentials {
  async function read(storeId: string, id: string) {
    const record = await vault.get({ storeId, kind, id });
    if (!record) return undefined;
    return { stored: JSON.parse(record.value) as Stored, revision: record.revision };
  }

  async function isCurrent({ storeId, userId, generation }: CredentialOf): Promise<boolean> {
    return generationOf(await users.read(storeId, userId), kind) === generation;
  }

  async function put(
    credential: CredentialOf,
    makeHash: () => string | Promise<string>,
  ): Promise<void> {
    const { storeId, userId: id, generation } = credential;
    if (!(await isCurrent(credential))) return;
    let hash: string | undefined;
    for (let tries = 0; tries < MAX_RETRIES; tries++) {
      const before = await read(storeId, id);
      if (before && (before.stored.generation ?? -1) >= generation) return;
      hash ??= await makeHash();
      const value = JSON.stringify({ hash, generation } satisfies Stored);
      const outcome = await vault.put({ storeId, kind, id }, { value }, before?.revision ?? 0);
      if (outcome === 'done') return removeErased(storeId, id);
    }
    throw new ConflictError('contention', `the ${kind} of ${id} changed ${MAX_RETRIES} times`);
  }

  /** An erasure removes what is stored; what was stored after it must go as well. */
  async function removeErased(storeId: string, userId: string): Promise<void> {
    const user = await users.read(storeId, userId);
    if (generationOf(user, kind) === undefined) await vault.remove({ storeId, kind, id: userId });
  }

  return {
    digestOf: (storeId, secret) => secrets.mac(storeId, `${kind}\n${secret}`),
    set: (credential, secret) => put(credential, () => passwords.hash(secret)),
    take: (credential, hash) => put(credential, () => hash),
    async clear(credential) {
      const { storeId, userId: id } = credential;
      if (await isCurrent(credential)) await vault.remove({ storeId, kind, id });
    },
    async verify(storeId, userId, secret, generation) {
      // Also without a user, so that the duration does not depend on whether there is one.
      const found = await read(storeId, userId ?? NO_USER);
      const isOver =
        generation !== undefined && (found?.stored.generation ?? generation) !== generation;
      const stored = userId === undefined || isOver ? undefined : found?.stored;
      const matches = await passwords.verify(secret, stored?.hash ?? (await passwords.decoy()));
      if (!matches || userId === undefined || !found || !stored) return false;
      if (passwords.isOutdated(stored.hash)) {
        const value = JSON.stringify({ ...stored, hash: await passwords.hash(secret) });
        // A conflict: the user has another secret meanwhile, which stays.
        await vault.put({ storeId, kind, id: userId }, { value }, found.revision);
      }
      return true;
    },
    remove: (storeId, userId) => vault.remove({ storeId, kind, id: userId }),
  };
}

/** Undefined for a user who can have no secret any more. */
function generationOf(user: UserState, kind: 'password' | 'pin'): number | undefined {
  return user.status === 'none' || user.isErased ? undefined : user.secrets[kind];
}
