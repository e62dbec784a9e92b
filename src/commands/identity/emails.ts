import type { UserState } from '../../domain/identity/index.ts';
import { ConflictError, DomainError } from '../../domain/kernel/errors.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { MAX_VAULT_PAGE, type VaultEntry } from '../../ports/vault.ts';
import type { IdentityOptions } from './options.ts';
import type { UserReader } from './user-reader.ts';

const KIND = 'user-email';
/** A reservation whose user did not get the address: another one may take it after this. */
const UNUSED_MS = 600_000;

interface Reservation {
  readonly userId: string;
  readonly reservedMs: number;
}

export interface AddressOf {
  /** Whether the command adds the user; the id is then its own. */
  readonly adds?: true;
  readonly storeId: string;
  readonly userId: string;
  /** Absent: the command gives no other address. */
  readonly email: string | undefined;
}

/** E-mail addresses in use: each is of one user of its shop, without regard to case. */
export interface Emails {
  find(storeId: string, email: string): Promise<string | undefined>;
  /**
   * Carries out a command that gives a user an address: reserved before, and given back unless the
   * user has it afterwards. A repeat of a command changes nothing.
   * @throws ConflictError email_taken.
   */
  give<T>(address: AddressOf, execute: () => Promise<T>): Promise<T>;
  /** Removes every address that the user has, or has had. */
  releaseAll(storeId: string, userId: string): Promise<void>;
  /** Names an address in the vault without holding it. */
  idOf(storeId: string, email: string): string;
  /** Whether a shop has users, deleted ones too, apart from the one with this id. */
  hasUsers(storeId: string, except?: string): Promise<boolean>;
}

type Options = Pick<IdentityOptions, 'vault' | 'clock' | 'digest'>;

export function createEmails(options: Options, users: UserReader): Emails {
  const { vault } = options;
  const reservations = createReservations(options, users);
  const { idOf, keyOf, read, reserve, settle } = reservations;

  return {
    idOf,
    find: async (storeId, email) => (await read(storeId, idOf(storeId, email)))?.userId,
    async give({ storeId, userId, email, adds }, execute) {
      if (email === undefined) return execute();
      const before = await users.read(storeId, userId);
      const id = idOf(storeId, email);
      const old = before.status === 'none' ? id : idOf(storeId, before.personal.email);
      if (mayReserve(before, adds)) await reserve(storeId, id, userId);
      const settleAll = async () => {
        for (const each of new Set([id, old])) await settle(storeId, each, userId);
      };
      try {
        const result = await execute();
        await settleAll();
        return result;
      } catch (error) {
        // Of any other failure the outcome is not known.
        if (error instanceof DomainError) await settleAll();
        throw error;
      }
    },
    async releaseAll(storeId, userId) {
      for await (const { id, value } of reservations.all(storeId)) {
        const isOwn = (JSON.parse(value) as Reservation).userId === userId;
        if (isOwn) await vault.remove(keyOf(storeId, id));
      }
    },
    async hasUsers(storeId, except) {
      for await (const { value } of reservations.all(storeId)) {
        const { userId } = JSON.parse(value) as Reservation;
        if (userId === except) continue;
        if ((await users.read(storeId, userId)).status !== 'none') return true;
      }
      return false;
    },
  };
}

/** The reservations of addresses, in the vault. */
function createReservations({ vault, clock, digest }: Options, users: UserReader) {
  const idOf = (storeId: string, email: string) =>
    digest.sha256(`${storeId}\n${email.normalize('NFKC').toLowerCase()}`);
  const keyOf = (storeId: string, id: string) => ({ storeId, kind: KIND, id });

  async function read(storeId: string, id: string) {
    const record = await vault.get(keyOf(storeId, id));
    if (!record) return undefined;
    return { ...(JSON.parse(record.value) as Reservation), revision: record.revision };
  }

  /** The id of the address that the user has now. */
  async function currentId(storeId: string, userId: string): Promise<string | undefined> {
    const user = await users.read(storeId, userId);
    return user.status === 'none' ? undefined : idOf(storeId, user.personal.email);
  }

  async function reserve(storeId: string, id: string, userId: string): Promise<void> {
    const found = await read(storeId, id);
    if (found?.userId === userId) return;
    if (found && !(await isUnused(storeId, id, found))) throw taken();
    const value = JSON.stringify({ userId, reservedMs: clock.now() } satisfies Reservation);
    const outcome = await vault.put(keyOf(storeId, id), { value }, found?.revision ?? 0);
    if (outcome === 'conflict') throw taken();
  }

  async function isUnused(storeId: string, id: string, reservation: Reservation) {
    const { userId, reservedMs } = reservation;
    if (clock.now() - reservedMs < UNUSED_MS) return false;
    return (await currentId(storeId, userId)) !== id;
  }

  /** Releases the address unless the user has it. */
  async function settle(storeId: string, id: string, userId: string): Promise<void> {
    const current = await currentId(storeId, userId);
    // Without a user the outcome is not known yet: the reservation ends by itself.
    if (current === undefined || current === id) return;
    if ((await read(storeId, id))?.userId !== userId) return;
    await vault.remove(keyOf(storeId, id));
    // Another command may have given it back to the user meanwhile.
    if ((await currentId(storeId, userId)) === id) await reserve(storeId, id, userId);
  }

  async function* all(storeId: string): AsyncGenerator<VaultEntry> {
    let after: string | undefined;
    for (;;) {
      const page = await vault.list(
        { storeId, kind: KIND },
        { limit: MAX_VAULT_PAGE, ...omitUndefined({ after }) },
      );
      yield* page;
      after = page.at(-1)?.id;
      if (page.length < MAX_VAULT_PAGE) return;
    }
  }

  return { idOf, keyOf, read, reserve, settle, all };
}

/** In other states the command is a repeat, or will be refused. */
function mayReserve({ status }: UserState, adds = false): boolean {
  return adds ? status === 'none' : status === 'invited' || status === 'active';
}

function taken(): ConflictError {
  return new ConflictError('email_taken', 'the e-mail address belongs to another user');
}
