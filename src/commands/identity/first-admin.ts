import { TillstreamError } from '../../domain/kernel/errors.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import type { Emails } from './emails.ts';
import type { FormerUsers } from './former-users.ts';
import { type IdentityOptions, newSecretText } from './options.ts';

const KIND = 'first-admin';
const ID = 'token';
/** Its record says that the shop has, or had, a user. */
const CLOSED = 'closed';
const VALID_MS = 86_400_000;
const TOKEN = /^setup_([a-z0-9]{1,32})_([0-9a-f]{64})$/;
/** As long as the ids of other users. */
const ID_LENGTH = 32;

/** The user that a token makes. Repeats with the same token are the same command. */
export interface FirstAdminOf {
  readonly storeId: string;
  readonly userId: string;
  readonly commandId: string;
}

/** The one-time token with which the first administrator of a shop is made. */
export interface FirstAdmin {
  /** A token valid for a day; undefined once the shop has had users. The one before is void. */
  offer(storeId: string): Promise<string | undefined>;
  /** What a token is for; it stays valid until `close`. @throws TillstreamError invalid_token. */
  find(token: string): Promise<FirstAdminOf>;
  /** The shop has, or had, a user: no token is valid, and none is offered again. */
  close(storeId: string): Promise<void>;
}

export function createFirstAdmin(
  options: IdentityOptions,
  { emails, formerUsers }: { readonly emails: Emails; readonly formerUsers: FormerUsers },
): FirstAdmin {
  const { vault, clock, digest } = options;
  const keyOf = (storeId: string, id: string) => ({ storeId, kind: KIND, id });

  async function isClosed(storeId: string, except?: string): Promise<boolean> {
    if (await vault.get(keyOf(storeId, CLOSED))) return true;
    if (await emails.hasUsers(storeId, except)) return true;
    // The last user was erased by a version that left no record.
    if (!(await formerUsers.has(storeId, except))) return false;
    await close(storeId);
    return true;
  }

  async function close(storeId: string): Promise<void> {
    // A conflict: another instance has closed it.
    await vault.put(keyOf(storeId, CLOSED), { value: '{}' }, 0);
    await vault.remove(keyOf(storeId, ID));
  }

  return {
    async offer(storeId) {
      if (await isClosed(storeId)) return undefined;
      const token = `setup_${storeId}_${newSecretText(options)}`;
      const before = await vault.get(keyOf(storeId, ID));
      const value = JSON.stringify({ hash: digest.sha256(token) });
      const expiresAt = formatInstant(clock.now() + VALID_MS);
      const record = { value, expiresAt };
      const outcome = await vault.put(keyOf(storeId, ID), record, before?.revision ?? 0);
      return outcome === 'done' ? token : undefined;
    },
    async find(token) {
      const storeId = TOKEN.exec(token)?.[1];
      const record = storeId === undefined ? undefined : await vault.get(keyOf(storeId, ID));
      const value = JSON.stringify({ hash: digest.sha256(token) });
      if (storeId === undefined || record?.value !== value) throw invalid();
      const userId = digest.sha256(`first-admin\n${token}`).slice(0, ID_LENGTH);
      if (await isClosed(storeId, userId)) throw invalid();
      return { storeId, userId, commandId: `first-admin-${userId}` };
    },
    close,
  };
}

function invalid(): TillstreamError {
  const message = 'expected the one-time link that the last start printed, not used before';
  return new TillstreamError('invalid_token', message, { given: true });
}
