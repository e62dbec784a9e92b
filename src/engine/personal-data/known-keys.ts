import { ConflictError } from '../../domain/kernel/errors.ts';
import { SYSTEM_STORE } from '../../domain/kernel/names.ts';
import type { MasterKey } from '../../ports/key-ring.ts';
import type { VaultKey } from '../../ports/vault.ts';
import type { SubjectKeysOptions } from './subject-keys.ts';

/** Attempts to change the record of the keys, which other instances change as well. */
const MAX_CHANGES = 10;
const RECORD: VaultKey = { storeId: SYSTEM_STORE, kind: 'master-keys', id: 'known' };
/** What the check value of a master key is made from. */
const CHECKED = 'tillstream master key';

/** The master keys that the vault needs, by id: how to recognise them, and since when. */
export type KnownKeys = ReadonlyMap<
  string,
  { readonly check: string; readonly createdAtMs: number }
>;

/** A record in the vault of the master keys that it needs. It holds no key. */
export interface KnownKeysRecord {
  read(): Promise<KnownKeys>;
  add(key: MasterKey): Promise<void>;
  /** Removes those that are not needed any more. */
  keepOnly(isNeeded: (id: string) => boolean): Promise<void>;
  /** Those that are not in the key ring, or not the same there. */
  lost(): Promise<readonly string[]>;
}

export function createKnownKeys(options: SubjectKeysOptions): KnownKeysRecord {
  const { vault, keyRing, cipher, clock } = options;
  const checkOf = ({ key }: MasterKey) => cipher.mac(key, CHECKED);

  async function load() {
    const record = await vault.get(RECORD);
    const known: KnownKeys = new Map(JSON.parse(record?.value ?? '[]') as []);
    return { known, revision: record?.revision ?? 0 };
  }

  async function update(change: (known: KnownKeys) => KnownKeys): Promise<void> {
    for (let attempt = 0; attempt < MAX_CHANGES; attempt++) {
      const { known, revision } = await load();
      const changed = change(known);
      if (changed === known) return;
      const value = JSON.stringify([...changed]);
      if ((await vault.put(RECORD, { value }, revision)) === 'done') return;
    }
    throw new ConflictError('contention', `the master keys changed ${MAX_CHANGES} times meanwhile`);
  }

  return {
    read: async () => (await load()).known,
    add: (key) =>
      update((known) => {
        if (known.has(key.id)) return known;
        return new Map([...known, [key.id, { check: checkOf(key), createdAtMs: clock.now() }]]);
      }),
    keepOnly: (isNeeded) =>
      update((known) => {
        const kept = [...known].filter(([id]) => isNeeded(id));
        return kept.length < known.size ? new Map(kept) : known;
      }),
    async lost() {
      const { known } = await load();
      const isLost = (id: string, check: string) => {
        const key = keyRing.find(id);
        return !key || checkOf(key) !== check;
      };
      return [...known].flatMap(([id, { check }]) => (isLost(id, check) ? [id] : []));
    },
  };
}
