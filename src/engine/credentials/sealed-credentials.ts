import { UpstreamError } from '../../domain/kernel/errors.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import type { Cipher, SealedText } from '../../ports/cipher.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Vault } from '../../ports/vault.ts';
import type { Subject } from '../personal-data/subject.ts';
import type { SubjectKeys } from '../personal-data/subject-keys.ts';

const KIND = 'credentials';
/** Another instance can store the same credentials at the same moment. */
const MAX_TRIES = 5;
/** Of a shop at once. What is left over is found the next time. */
const MAX_LISTED = 100;

/**
 * Credentials of other systems, in the vault alone: encrypted with a key of the shop, which is
 * itself encrypted with a master key and named by its id. Each has an id of its own; new ones never
 * take the place of others, so that a late writer or remover reaches only what it means.
 * @throws UpstreamError store_unavailable from each method.
 */
export interface SealedCredentials {
  /** Durable before it resolves. The same id again keeps the newest text. */
  put(storeId: string, id: string, text: string): Promise<void>;
  get(storeId: string, id: string): Promise<string | undefined>;
  remove(storeId: string, id: string): Promise<void>;
  /** The ids of all that the shop has, up to MAX_LISTED. */
  list(storeId: string): Promise<readonly string[]>;
}

interface Parts {
  readonly vault: Vault;
  readonly keys: Pick<SubjectKeys, 'obtain' | 'find'>;
  readonly cipher: Cipher;
  /** Who uses them: each has secrets of its own. */
  readonly kind?: string;
  /** How long each is kept; absent: until it is removed. */
  readonly kept?: { readonly forMs: number; readonly clock: Pick<Clock, 'now'> };
}

export function createSealedCredentials({
  vault,
  keys,
  cipher,
  kind = KIND,
  kept,
}: Parts): SealedCredentials {
  const vaultKey = (storeId: string, id: string) => ({ storeId, kind, id });
  const boundTo = ({ storeId }: Subject, id: string) => JSON.stringify([kind, storeId, id]);

  return {
    async put(storeId, id, text) {
      const subject = subjectOf(storeId);
      const key = await keys.obtain(subject);
      if (key === 'erased') throw unavailable('the key of credentials was destroyed');
      const value = JSON.stringify(cipher.seal(key, text, boundTo(subject, id)));
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const known = await vault.get(vaultKey(storeId, id));
        const expiry = kept && { expiresAt: formatInstant(kept.clock.now() + kept.forMs) };
        const record = { value, ...expiry };
        const outcome = await vault.put(vaultKey(storeId, id), record, known?.revision ?? 0);
        if (outcome === 'done') return;
      }
      throw unavailable('other instances change the same credentials');
    },
    async get(storeId, id) {
      const record = await vault.get(vaultKey(storeId, id));
      if (!record) return undefined;
      const subject = subjectOf(storeId);
      const key = await keys.find(subject);
      if (typeof key === 'string') throw unavailable(`the key of credentials is ${key}`);
      const text = cipher.open(key, JSON.parse(record.value) as SealedText, boundTo(subject, id));
      if (text === undefined) throw unavailable('credentials that cannot be opened');
      return text;
    },
    remove: (storeId, id) => vault.remove(vaultKey(storeId, id)),
    async list(storeId) {
      const entries = await vault.list({ storeId, kind }, { limit: MAX_LISTED });
      return entries.map(({ id }) => id);
    },
  };
}

const subjectOf = (storeId: string): Subject => ({ storeId, id: 'credentials' });

const unavailable = (message: string) => new UpstreamError('store_unavailable', message);
