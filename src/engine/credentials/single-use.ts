import { UpstreamError } from '../../domain/kernel/errors.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import type { Cipher, SealedText } from '../../ports/cipher.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Vault } from '../../ports/vault.ts';
import type { SubjectKeys } from '../personal-data/subject-keys.ts';

const KIND = 'single-use';

/**
 * Secrets that serve once, within a time: they stand in the vault, encrypted, so that any instance
 * can take one, and only one of them does.
 * @throws UpstreamError store_unavailable from each method.
 */
export interface SingleUseSecrets {
  keep(storeId: string, id: string, text: string, ttlMs: number): Promise<void>;
  /** Undefined: there is none, it was taken before, or its time is over. */
  take(storeId: string, id: string): Promise<string | undefined>;
}

interface Parts {
  readonly vault: Vault;
  readonly keys: Pick<SubjectKeys, 'obtain' | 'find'>;
  readonly cipher: Cipher;
  readonly clock: Pick<Clock, 'now'>;
}

export function createSingleUseSecrets({ vault, keys, cipher, clock }: Parts): SingleUseSecrets {
  const keyOf = (storeId: string, id: string) => ({ storeId, kind: KIND, id });
  const boundTo = (storeId: string, id: string) => JSON.stringify([KIND, storeId, id]);

  return {
    async keep(storeId, id, text, ttlMs) {
      const key = await keys.obtain(subjectOf(storeId));
      if (key === 'erased') throw unavailable('the key of credentials was destroyed');
      const value = JSON.stringify(cipher.seal(key, text, boundTo(storeId, id)));
      const expiresAt = formatInstant(clock.now() + ttlMs);
      const outcome = await vault.put(keyOf(storeId, id), { value, expiresAt }, 0);
      if (outcome !== 'done') throw unavailable('another secret has that id');
    },
    async take(storeId, id) {
      const record = await vault.get(keyOf(storeId, id));
      if (!record || record.value === '') return undefined;
      const key = await keys.find(subjectOf(storeId));
      if (typeof key === 'string') throw unavailable(`the key of credentials is ${key}`);
      // Of those that have read it, one replaces it.
      const { revision, expiresAt = formatInstant(clock.now()) } = record;
      const taken = await vault.put(keyOf(storeId, id), { value: '', expiresAt }, revision);
      if (taken !== 'done') return undefined;
      const text = cipher.open(key, JSON.parse(record.value) as SealedText, boundTo(storeId, id));
      await vault.remove(keyOf(storeId, id));
      return text;
    },
  };
}

const subjectOf = (storeId: string) => ({ storeId, id: 'credentials' });

const unavailable = (message: string) => new UpstreamError('store_unavailable', message);
