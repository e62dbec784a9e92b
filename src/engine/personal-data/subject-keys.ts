import { LRUCache } from 'lru-cache';

import { ConflictError, UpstreamError } from '../../domain/kernel/errors.ts';
import type { Cipher, SealedText } from '../../ports/cipher.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyRing } from '../../ports/key-ring.ts';
import type { Vault, VaultKey, VaultOutcome, VaultRecord } from '../../ports/vault.ts';
import type { Subject } from './subject.ts';

export const SUBJECT_KEY = 'subject-key';
/** Each holds a key of 32 bytes. */
const MAX_CACHED_KEYS = 10_000;
/** Time for which another instance can still read personal data after its erasure. */
const CACHE_MS = 5_000;
/** Attempts to change a record that other instances change as well. */
const MAX_CHANGES = 10;

/** `erased`: the key was destroyed. `missing`: there was none, or the vault has lost it. */
export type FoundKey = Uint8Array | 'erased' | 'missing';

/** A subject's key, encrypted with a master key; or what is left of one that was destroyed. */
type StoredKey = (SealedText & { readonly masterKeyId: string }) | { readonly erased: true };

/** The keys that encrypt personal data, one per person. The vault holds them encrypted. */
export interface SubjectKeys {
  /** @throws UpstreamError store_unavailable, also when the master key is not there. */
  find(subject: Subject): Promise<FoundKey>;
  /** Creates the key where there was none. @throws UpstreamError */
  obtain(subject: Subject): Promise<Uint8Array | 'erased'>;
  /** Whatever was encrypted with the key cannot be read any more. @throws UpstreamError */
  destroy(subject: Subject): Promise<void>;
}

export interface SubjectKeysOptions {
  readonly vault: Vault;
  readonly keyRing: KeyRing;
  readonly cipher: Cipher;
  readonly clock: Pick<Clock, 'now'>;
}

export function createSubjectKeys(options: SubjectKeysOptions): SubjectKeys {
  const { vault, cipher, clock } = options;
  const cache = new LRUCache<string, { readonly key: FoundKey; readonly untilMs: number }>({
    max: MAX_CACHED_KEYS,
  });

  function keep<K extends FoundKey>(subject: Subject, key: K): K {
    // A key that is missing now may be created by another instance at any time.
    if (key === 'missing') return key;
    const untilMs = key === 'erased' ? Infinity : clock.now() + CACHE_MS;
    cache.set(nameOf(subject), { key, untilMs });
    return key;
  }

  function cached(subject: Subject): FoundKey | undefined {
    const found = cache.get(nameOf(subject));
    const nowMs = clock.now();
    // A clock that was set back must not keep a key for longer.
    const isFresh = found && nowMs < found.untilMs && found.untilMs - nowMs <= CACHE_MS;
    return found?.key === 'erased' || isFresh ? found?.key : undefined;
  }

  async function find(subject: Subject): Promise<FoundKey> {
    const known = cached(subject);
    if (known) return known;
    const record = await vault.get(vaultKeyOf(subject));
    return keep(subject, record ? await unwrap(options, subject, record) : 'missing');
  }

  return {
    find,
    async obtain(subject) {
      for (let change = 0; change < MAX_CHANGES; change++) {
        const found = await find(subject);
        if (found !== 'missing') return found;
        const key = cipher.newKey();
        const value = wrap(options, subject, key);
        const outcome = await vault.put(vaultKeyOf(subject), { value }, 0);
        if (outcome === 'done') return keep(subject, key);
      }
      throw contention(subject);
    },
    async destroy(subject) {
      const vaultKey = vaultKeyOf(subject);
      await changeRecord(vault, subject, () => JSON.stringify({ erased: true }));
      keep(subject, 'erased');
      // A removal empties the write-ahead log of an embedded vault, a change does not.
      await vault.remove({ ...vaultKey, kind: `${SUBJECT_KEY}-old` });
    },
  };
}

/**
 * Encrypts a subject's key with the current master key, where it is under another one.
 * @returns whether it was. @throws UpstreamError
 */
export async function rewrapKey(options: SubjectKeysOptions, subject: Subject): Promise<boolean> {
  const current = options.keyRing.current()?.id;
  let changed = false;
  await changeRecord(options.vault, subject, async (record) => {
    changed = false;
    if (!record || [undefined, current].includes(masterKeyIdOf(record))) return undefined;
    const key = await unwrap(options, subject, record);
    if (typeof key === 'string') return undefined;
    changed = true;
    return wrap(options, subject, key);
  });
  return changed;
}

/** The master key that a record needs; undefined for a key that was destroyed. */
export function masterKeyIdOf({ value }: Pick<VaultRecord, 'value'>): string | undefined {
  const stored = JSON.parse(value) as StoredKey;
  return 'erased' in stored ? undefined : stored.masterKeyId;
}

async function changeRecord(
  vault: Vault,
  subject: Subject,
  change: (record: VaultRecord | undefined) => Promise<string | undefined> | string | undefined,
): Promise<void> {
  const key = vaultKeyOf(subject);
  for (let attempt = 0; attempt < MAX_CHANGES; attempt++) {
    const record = await vault.get(key);
    const value = await change(record);
    if (value === undefined || value === record?.value) return;
    const outcome: VaultOutcome = await vault.put(key, { value }, record?.revision ?? 0);
    if (outcome === 'done') return;
  }
  throw contention(subject);
}

function wrap({ keyRing, cipher }: SubjectKeysOptions, subject: Subject, key: Uint8Array): string {
  const master = keyRing.current();
  if (!master) throw noMasterKey(keyRing, 'current');
  const text = Buffer.from(key).toString('hex');
  const sealed = cipher.seal(master.key, text, boundTo(master.id, subject));
  return JSON.stringify({ masterKeyId: master.id, ...sealed } satisfies StoredKey);
}

async function unwrap(
  { keyRing, cipher }: SubjectKeysOptions,
  subject: Subject,
  { value }: VaultRecord,
): Promise<Uint8Array | 'erased'> {
  const stored = JSON.parse(value) as StoredKey;
  if ('erased' in stored) return 'erased';
  const { masterKeyId } = stored;
  if (!keyRing.find(masterKeyId)) await keyRing.reload();
  const master = keyRing.find(masterKeyId);
  if (!master) throw noMasterKey(keyRing, masterKeyId);
  const text = cipher.open(master.key, stored, boundTo(masterKeyId, subject));
  if (text === undefined) throw noMasterKey(keyRing, masterKeyId);
  return Buffer.from(text, 'hex');
}

function noMasterKey({ source }: KeyRing, id: string): UpstreamError {
  const message = `the master key ${id} is not in ${source}: restore the keys from their own backup`;
  return new UpstreamError('store_unavailable', message, { masterKeyId: id });
}

/** The error means that a master key is not there, and not that the vault does not respond. */
export function isMasterKeyLost(error: unknown): boolean {
  return error instanceof UpstreamError && error.details['masterKeyId'] !== undefined;
}

function contention({ id }: Subject): ConflictError {
  return new ConflictError('contention', `the key of ${id} changed ${MAX_CHANGES} times meanwhile`);
}

function boundTo(masterKeyId: string, { storeId, id }: Subject): string {
  return JSON.stringify([masterKeyId, storeId, id]);
}

function vaultKeyOf({ storeId, id }: Subject): VaultKey {
  return { storeId, kind: SUBJECT_KEY, id };
}

function nameOf({ storeId, id }: Subject): string {
  return JSON.stringify([storeId, id]);
}
