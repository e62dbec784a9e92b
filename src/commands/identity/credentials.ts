import type { KnownUser, UserState } from '../../domain/identity/index.ts';
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

interface Prepared {
  /** Absent: different ones were prepared, and any of them may be that of the event. */
  readonly hash?: string;
  readonly generation: number;
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
  /**
   * Call before the event that begins the generation, and give the hash to `take` after it: when
   * the instance ends between the two, the first sign-in takes the hash over. Without the event, it
   * is never valid. Of several at the same time, the log has one: only its `take` knows which.
   */
  prepare(credential: CredentialOf, secret: string): Promise<string>;
  /** Takes over a prepared hash, or one of another system, which the first sign-in replaces. */
  take(credential: CredentialOf, hash: string): Promise<void>;
  /** Call after the event that ends the generation before, and for its repeats. */
  clear(credential: CredentialOf): Promise<void>;
  /**
   * Whether it is the user's. Costs the same without a user, or without a credential. A secret of
   * another generation than that of the log is not valid, even if it is still stored.
   */
  verify(storeId: string, user: UserState, secret: string): Promise<boolean>;
  remove(storeId: string, userId: string): Promise<void>;
}

/** What the vault has of secrets of one kind: those that are valid, and those prepared. */
function createRecords<T extends Stored | Prepared>(vault: IdentityOptions['vault'], of: string) {
  return {
    async read(storeId: string, id: string) {
      const record = await vault.get({ storeId, kind: of, id });
      if (!record) return undefined;
      return { stored: JSON.parse(record.value) as T, revision: record.revision };
    },
    write: (storeId: string, id: string, stored: T, revision: number) =>
      vault.put({ storeId, kind: of, id }, { value: JSON.stringify(stored) }, revision),
    remove: (storeId: string, id: string) => vault.remove({ storeId, kind: of, id }),
  };
}

type Kind = 'password' | 'pin';

const contention = (kind: Kind, id: string) =>
  new ConflictError('contention', `the ${kind} of ${id} changed ${MAX_RETRIES} times`);

interface Parts {
  readonly secrets: ShopSecrets;
  readonly users: UserReader;
}

/** Writes of secrets, which hold under any race with events about the user. */
function createSecretWrites(
  { vault }: Pick<IdentityOptions, 'vault'>,
  kind: Kind,
  users: UserReader,
) {
  const valid = createRecords<Stored>(vault, kind);
  const prepared = createRecords<Prepared>(vault, `${kind}-next`);

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
      const before = await valid.read(storeId, id);
      if (before && (before.stored.generation ?? -1) >= generation) return;
      hash ??= await makeHash();
      const outcome = await valid.write(storeId, id, { hash, generation }, before?.revision ?? 0);
      if (outcome !== 'done') continue;
      await removePrepared(credential);
      return removeErased(storeId, id);
    }
    throw contention(kind, id);
  }

  /** What was prepared for a generation up to this one is not needed any more. */
  async function removePrepared({ storeId, userId, generation }: CredentialOf): Promise<void> {
    const found = await prepared.read(storeId, userId);
    if (found && found.stored.generation <= generation) await prepared.remove(storeId, userId);
  }

  /** An erasure removes what is stored; what was stored after it must go as well. */
  async function removeErased(storeId: string, userId: string): Promise<void> {
    const user = await users.read(storeId, userId);
    if (!canHaveSecrets(user)) await remove(storeId, userId);
  }

  async function remove(storeId: string, id: string): Promise<void> {
    await valid.remove(storeId, id);
    await prepared.remove(storeId, id);
  }

  return {
    valid,
    isCurrent,
    put,
    remove,
    /** What is stored for the generation, or was prepared for it before its event. */
    async current({ storeId, userId, generation }: CredentialOf) {
      const found = await valid.read(storeId, userId);
      // In any case, so that the duration does not depend on what there is.
      const next = await prepared.read(storeId, userId);
      if (found && (found.stored.generation ?? generation) === generation) return found;
      const { hash } = next?.stored ?? {};
      if (hash === undefined || next?.stored.generation !== generation) return undefined;
      await put({ storeId, userId, generation }, () => hash);
      return valid.read(storeId, userId);
    },
    /** `isSame`: whether a hash that was prepared before is one of the same secret. */
    async prepare(
      { storeId, userId: id, generation }: CredentialOf,
      hash: string,
      isSame: (other: string) => Promise<boolean>,
    ): Promise<void> {
      for (let tries = 0; tries < MAX_RETRIES; tries++) {
        const before = await prepared.read(storeId, id);
        const next = await withPrepared(before?.stored, { generation, hash }, isSame);
        if (next === before?.stored) return;
        const outcome = await prepared.write(storeId, id, next, before?.revision ?? 0);
        if (outcome === 'done') return removeErased(storeId, id);
      }
      throw contention(kind, id);
    },
  };
}

/**
 * What is prepared after one more. Two changes at once can get the same number, and the log gives
 * it to one of them: the other must not be taken for it.
 */
async function withPrepared(
  before: Prepared | undefined,
  next: Required<Prepared>,
  isSame: (other: string) => Promise<boolean>,
): Promise<Prepared> {
  const { generation } = next;
  if (before === undefined || before.generation < generation) return next;
  // Others have gone further meanwhile.
  if (before.generation > generation || before.hash === undefined) return before;
  return (await isSame(before.hash)) ? before : { generation };
}

export function createCredentials(
  options: Pick<IdentityOptions, 'vault' | 'passwords'>,
  kind: Kind,
  { secrets, users }: Parts,
): Credentials {
  const { passwords } = options;
  const writes = createSecretWrites(options, kind, users);
  const { put } = writes;
  const current = (credential: CredentialOf) => writes.current(credential);
  return {
    digestOf: (storeId, secret) => secrets.mac(storeId, `${kind}\n${secret}`),
    set: (credential, secret) => put(credential, () => passwords.hash(secret)),
    take: (credential, hash) => put(credential, () => hash),
    async clear(credential) {
      const { storeId, userId } = credential;
      if (await writes.isCurrent(credential)) await writes.valid.remove(storeId, userId);
    },
    async prepare(credential, secret) {
      const hash = await passwords.hash(secret);
      // What was prepared for the generation so far may still be the only place that has it.
      await current({ ...credential, generation: credential.generation - 1 });
      await writes.prepare(credential, hash, (other) => passwords.verify(secret, other));
      return hash;
    },
    async verify(storeId, user, secret) {
      // Also without a user, so that the duration does not depend on whether there is one.
      const generation = generationOf(user, kind);
      const userId = user.status === 'none' ? NO_USER : user.userId;
      const found = await current({ storeId, userId, generation: generation ?? -1 });
      const known = generation === undefined ? undefined : found;
      const hash = known?.stored.hash ?? (await passwords.decoy());
      if (!(await passwords.verify(secret, hash)) || !known) return false;
      if (passwords.isOutdated(hash)) {
        const stored = { ...known.stored, hash: await passwords.hash(secret) };
        // A conflict: the user has another secret meanwhile, which stays.
        await writes.valid.write(storeId, userId, stored, known.revision);
      }
      return true;
    },
    remove: (storeId, userId) => writes.remove(storeId, userId),
  };
}

/** Not one whose data was erased. */
function canHaveSecrets(user: UserState): user is KnownUser {
  return user.status !== 'none' && user.isErased === undefined;
}

/** Undefined for a user who has none, or none any more: the first one begins with its event. */
function generationOf(user: UserState, kind: Kind): number | undefined {
  if (!canHaveSecrets(user) || (kind === 'password' && !user.registered)) return undefined;
  return user.secrets[kind];
}
