import { ConflictError, UpstreamError } from '../../domain/kernel/errors.ts';
import { type ShopSource, storeIdsOf } from '../../domain/kernel/shop.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import { MAX_VAULT_PAGE } from '../../ports/vault.ts';
import { createKnownKeys, type KnownKeys } from './known-keys.ts';
import { masterKeyIdOf, rewrapKey, SUBJECT_KEY, type SubjectKeysOptions } from './subject-keys.ts';

const DAY_MS = 86_400_000;
/** Age at which a master key is replaced. */
export const MAX_MASTER_KEY_DAYS = 90;

export interface MasterKeyStatus {
  readonly id: string;
  readonly current: boolean;
  readonly createdAtMs: number;
  /** Number of keys that it encrypts: one per person, and one per month of origins. */
  readonly subjectKeys: number;
}

export interface EncryptionStatus {
  readonly source: string;
  readonly masterKeys: readonly MasterKeyStatus[];
  /** When the current master key is to be replaced. */
  readonly rotationDueMs: number;
}

export interface MasterKeys {
  /**
   * Checks that each master key that the vault needs is there, and creates the first one. To be
   * called before personal data is read. Where other instances share the vault, a key that protects
   * nothing yet is needed as well: they may use it at any time.
   * @throws UpstreamError with what to restore.
   */
  open(options: { readonly isShared: boolean }): Promise<void>;
  /** Replaces an old master key, and encrypts the keys of persons with the current one. */
  maintain(): Promise<void>;
  /** Replaces the master key now. @throws ConflictError where the keys come from settings. */
  rotate(): Promise<EncryptionStatus>;
  status(): Promise<EncryptionStatus>;
}

export interface MasterKeysOptions extends SubjectKeysOptions {
  readonly ids: Ids;
  readonly logger: Logger;
  readonly shops: ShopSource;
}

export function createMasterKeys(options: MasterKeysOptions): MasterKeys {
  const { keyRing, cipher, ids, logger } = options;
  const known = createKnownKeys(options);

  async function addKey(): Promise<void> {
    const key = { id: `mk-${ids.uuid().slice(0, 8)}`, key: cipher.newKey() };
    await keyRing.add(key);
    await known.add(key);
    logger.info({ masterKey: key.id }, 'a new master key encrypts the keys of personal data');
  }

  async function assertComplete(isShared: boolean): Promise<void> {
    const lost = await known.lost();
    if (lost.length === 0) return;
    const used = isShared ? undefined : await countKeys(options);
    const needed = lost.filter((id) => used?.has(id) ?? true);
    if (needed.length === 0) return known.keepOnly((id) => !lost.includes(id));
    const masterKeys = needed.join(', ');
    const message = `personal data is encrypted with the master key ${masterKeys}, which is not in ${keyRing.source}: restore the master keys from their own backup, which is kept apart from that of the data`;
    throw new UpstreamError('store_unavailable', message, { masterKeys });
  }

  async function replaceOld(): Promise<void> {
    if (options.clock.now() < dueMs(options, await known.read())) return;
    if (keyRing.canAdd) {
      await addKey();
      return;
    }
    const age = { masterKey: keyRing.current()?.id, days: MAX_MASTER_KEY_DAYS };
    logger.warn(age, 'the master key is older than allowed: add one to ENCRYPTION_KEYS');
  }

  const status = async () => statusOf(options, await known.read());

  return {
    status,
    async open({ isShared }) {
      await keyRing.reload();
      await assertComplete(isShared);
      const current = keyRing.current();
      if (current) {
        await known.add(current);
        return;
      }
      await addKey();
      // Of two instances that started at the same time, each with keys of its own, one stops here.
      await assertComplete(isShared);
    },
    async maintain() {
      await keyRing.reload();
      await replaceOld();
      if ((await rewrapAll(options)) > 0) return;
      // In a later pass: another instance may have used an older key until its own reload.
      const used = await countKeys(options);
      const current = keyRing.current()?.id;
      await known.keepOnly((id) => id === current || used.has(id));
    },
    async rotate() {
      if (!keyRing.canAdd) {
        const message = `expected keys in a file, found them in ${keyRing.source}`;
        throw new ConflictError('keys_from_settings', message);
      }
      await keyRing.reload();
      await addKey();
      await rewrapAll(options);
      return status();
    },
  };
}

function dueMs({ keyRing, clock }: MasterKeysOptions, keys: KnownKeys): number {
  const createdAtMs = keys.get(keyRing.current()?.id ?? '')?.createdAtMs ?? clock.now();
  return createdAtMs + MAX_MASTER_KEY_DAYS * DAY_MS;
}

async function statusOf(options: MasterKeysOptions, keys: KnownKeys): Promise<EncryptionStatus> {
  const counts = await countKeys(options);
  const current = options.keyRing.current()?.id;
  const masterKeys = [...keys].map(([id, { createdAtMs }]) => ({
    ...{ id, createdAtMs },
    current: id === current,
    subjectKeys: counts.get(id) ?? 0,
  }));
  return { source: options.keyRing.source, masterKeys, rotationDueMs: dueMs(options, keys) };
}

/**
 * Encrypts each key with the current master key.
 * @returns the number of keys that were under another one.
 */
async function rewrapAll(options: MasterKeysOptions): Promise<number> {
  let rewrapped = 0;
  await eachSubjectKey(options, async (storeId, id, masterKeyId) => {
    if (masterKeyId === options.keyRing.current()?.id) return;
    if (await rewrapKey(options, { storeId, id })) rewrapped += 1;
  });
  return rewrapped;
}

/** The number of keys that each master key encrypts. */
async function countKeys(options: MasterKeysOptions): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  await eachSubjectKey(options, (_storeId, _id, masterKeyId) => {
    counts.set(masterKeyId, (counts.get(masterKeyId) ?? 0) + 1);
  });
  return counts;
}

/**
 * Visits the key of each person and month of origins, of each shop and of the system, page by page.
 * Destroyed keys are left out.
 */
async function eachSubjectKey(
  { vault, shops }: MasterKeysOptions,
  visit: (storeId: string, id: string, masterKeyId: string) => Promise<void> | void,
): Promise<void> {
  for (const storeId of storeIdsOf(shops)) {
    let after: string | undefined;
    for (;;) {
      const page = await vault.list(
        { storeId, kind: SUBJECT_KEY },
        { limit: MAX_VAULT_PAGE, ...(after !== undefined && { after }) },
      );
      for (const { id, value } of page) {
        const masterKeyId = masterKeyIdOf({ value });
        if (masterKeyId !== undefined) await visit(storeId, id, masterKeyId);
      }
      after = page.at(-1)?.id;
      if (page.length < MAX_VAULT_PAGE) break;
    }
  }
}
