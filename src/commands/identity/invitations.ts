import { TillstreamError } from '../../domain/kernel/errors.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import type { IdentityOptions } from './options.ts';
import type { ShopSecrets } from './shop-secrets.ts';

const KIND = 'invitation';
const VALID_MS = 7 * 86_400_000;
const TOKEN = /^inv_([a-z0-9]{1,32})_([0-9a-f]{1,64})_([0-9a-f]{64})$/;

export interface Invitation {
  /** Given to the person; only its hash is stored. */
  readonly token: string;
  readonly expiresAt: string;
}

/** One-time tokens with which a person chooses a password. A user has at most one. */
export interface Invitations {
  /** The same token for every repeat of the command that invites. */
  create(storeId: string, userId: string, commandId: string): Promise<Invitation>;
  /** The user that a token is for. @throws TillstreamError invalid_token. */
  find(token: string): Promise<{ storeId: string; userId: string }>;
  /** The token cannot be used again. */
  consume(storeId: string, userId: string): Promise<void>;
}

export function createInvitations(
  { vault, clock, digest }: Pick<IdentityOptions, 'vault' | 'clock' | 'digest'>,
  secrets: ShopSecrets,
): Invitations {
  return {
    async create(storeId, userId, commandId) {
      const secret = await secrets.derive(storeId, `invitation\n${userId}\n${commandId}`);
      const token = `inv_${storeId}_${userId}_${secret}`;
      const key = { storeId, kind: KIND, id: userId };
      const before = await vault.get(key);
      const value = JSON.stringify({ hash: digest.sha256(token) });
      if (before?.value === value) return { token, expiresAt: before.expiresAt ?? '' };
      const expiresAt = formatInstant(clock.now() + VALID_MS);
      await vault.put(key, { value, expiresAt }, before?.revision ?? 0);
      return { token, expiresAt };
    },
    async find(token) {
      const [, storeId, userId] = TOKEN.exec(token) ?? [];
      if (storeId === undefined || userId === undefined) throw invalid();
      const record = await vault.get({ storeId, kind: KIND, id: userId });
      if (record?.value !== JSON.stringify({ hash: digest.sha256(token) })) throw invalid();
      return { storeId, userId };
    },
    consume: (storeId, userId) => vault.remove({ storeId, kind: KIND, id: userId }),
  };
}

function invalid(): TillstreamError {
  return new TillstreamError('invalid_token', 'expected an invitation that was not used', {
    given: true,
  });
}
