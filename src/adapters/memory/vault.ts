import type { Clock } from '../../ports/clock.ts';
import type { Vault, VaultEntry, VaultKey } from '../../ports/vault.ts';
import { compareCodePoints } from '../shared/compare-code-points.ts';
import { assertVaultPage, assertVaultRecord } from '../shared/vault-checks.ts';

const nameOf = ({ storeId, kind, id }: VaultKey): string => JSON.stringify([storeId, kind, id]);

/** A vault of a single process, or of a simulated world. What was removed is gone at once. */
export function createMemoryVault(clock: Pick<Clock, 'now'>): Vault {
  const entries = new Map<string, VaultEntry>();

  function valid(entry: VaultEntry | undefined): VaultEntry | undefined {
    if (entry?.expiresAt === undefined) return entry;
    return Date.parse(entry.expiresAt) > clock.now() ? entry : undefined;
  }

  return {
    async get(key) {
      const found = valid(entries.get(nameOf(key)));
      if (!found) return undefined;
      const { storeId: _storeId, kind: _kind, id: _id, ...record } = found;
      return record;
    },
    async put({ storeId, kind, id }, record, expectedRevision) {
      assertVaultRecord(record);
      const name = nameOf({ storeId, kind, id });
      const revision = valid(entries.get(name))?.revision ?? 0;
      if (revision !== expectedRevision) return 'conflict';
      const { value, expiresAt } = record;
      const entry = { storeId, kind, id, value, revision: revision + 1 };
      entries.set(name, expiresAt === undefined ? entry : { ...entry, expiresAt });
      return 'done';
    },
    async remove(key) {
      entries.delete(nameOf(key));
    },
    async list({ storeId, kind }, { after, limit }) {
      assertVaultPage(limit);
      return [...entries.values()]
        .filter((entry) => entry.storeId === storeId && entry.kind === kind)
        .filter((entry) => valid(entry) !== undefined)
        .filter(({ id }) => after === undefined || compareCodePoints(id, after) > 0)
        .sort((a, b) => compareCodePoints(a.id, b.id))
        .slice(0, limit);
    },
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
