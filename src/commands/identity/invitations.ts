import { TillstreamError } from '../../domain/kernel/errors.ts';
import { instantMs } from '../../domain/kernel/instant.ts';
import type { IdentityOptions } from './options.ts';
import type { ShopSecrets } from './shop-secrets.ts';
import type { UserReader } from './user-reader.ts';

const KIND = 'invitation';
const TOKEN = /^inv_([a-z0-9]{1,32})_([0-9a-f]{1,64})_([0-9a-f]{64})$/;

export interface Invitation {
  /** Given to the person; only its hash is stored. */
  readonly token: string;
  readonly expiresAt: string;
}

/** An invitation as its event names it, and the command that made it. */
export interface Issued {
  readonly storeId: string;
  readonly userId: string;
  readonly generation: number;
  readonly expiresAt: string;
  readonly commandId: string;
}

interface Stored {
  readonly hash: string;
  /** Absent: stored by an earlier version. */
  readonly generation?: number;
}

export interface FoundInvitation {
  readonly storeId: string;
  readonly userId: string;
  readonly generation: number;
}

/** One-time tokens with which a person chooses a password. Only the last one of a user is valid. */
export interface Invitations {
  /**
   * Call after the event, and for its repeats: they get the same token, which is not valid again
   * when it was used or replaced.
   */
  issue(invitation: Issued): Promise<Invitation>;
  /** The user that a token is for; its command decides. @throws TillstreamError invalid_token. */
  find(token: string): Promise<FoundInvitation>;
  /** Removes what is stored of an invitation that was used. */
  consume(invitation: FoundInvitation): Promise<void>;
  /** Removes the invitation of a user, whichever it is. */
  remove(storeId: string, userId: string): Promise<void>;
}

export function createInvitations(
  { vault, clock, digest }: Pick<IdentityOptions, 'vault' | 'clock' | 'digest'>,
  secrets: ShopSecrets,
  users: UserReader,
): Invitations {
  const keyOf = (storeId: string, id: string) => ({ storeId, kind: KIND, id });

  async function read(storeId: string, userId: string) {
    const record = await vault.get(keyOf(storeId, userId));
    return record && { stored: JSON.parse(record.value) as Stored, revision: record.revision };
  }

  async function currentOf(storeId: string, userId: string): Promise<number | undefined> {
    const user = await users.read(storeId, userId);
    const isOpen = user.status === 'invited' || user.status === 'active';
    return isOpen ? user.secrets.invitation : undefined;
  }

  async function store({ storeId, userId, generation, expiresAt }: Issued, token: string) {
    if (instantMs(expiresAt) <= clock.now()) return;
    if ((await currentOf(storeId, userId)) !== generation) return;
    const before = await read(storeId, userId);
    if (before && (before.stored.generation ?? -1) >= generation) return;
    const value = JSON.stringify({ hash: digest.sha256(token), generation } satisfies Stored);
    await vault.put(keyOf(storeId, userId), { value, expiresAt }, before?.revision ?? 0);
    // Used, or erased meanwhile.
    if ((await currentOf(storeId, userId)) !== generation)
      await consume({ storeId, userId, generation });
  }

  async function consume({ storeId, userId, generation }: FoundInvitation): Promise<void> {
    const found = await read(storeId, userId);
    const isNewer = (found?.stored.generation ?? generation) > generation;
    if (!isNewer) await vault.remove(keyOf(storeId, userId));
  }

  return {
    async issue(invitation) {
      const { storeId, userId, commandId, expiresAt } = invitation;
      const secret = await secrets.derive(storeId, `invitation\n${userId}\n${commandId}`);
      const token = `inv_${storeId}_${userId}_${secret}`;
      await store(invitation, token);
      return { token, expiresAt };
    },
    async find(token) {
      const [, storeId, userId] = TOKEN.exec(token) ?? [];
      if (storeId === undefined || userId === undefined) throw unusable();
      const found = await read(storeId, userId);
      if (found?.stored.hash !== digest.sha256(token)) throw unusable();
      const generation = found.stored.generation ?? (await currentOf(storeId, userId)) ?? 0;
      return { storeId, userId, generation };
    },
    consume,
    remove: (storeId, userId) => vault.remove(keyOf(storeId, userId)),
  };
}

function unusable(): TillstreamError {
  return new TillstreamError('invalid_token', 'expected an invitation that was not used', {
    given: true,
  });
}
