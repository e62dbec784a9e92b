import type { Ids } from '../ports/ids.ts';
import type { Vault } from '../ports/vault.ts';

const ID = 'current';

/** A secret of each shop, kept in the vault: all instances sign with the same one. */
export interface ShopSecrets {
  /** The first one is drawn here. */
  secretOf(storeId: string): Promise<string>;
  /** Undefined: none was drawn, so nothing was signed. */
  knownOf(storeId: string): Promise<string | undefined>;
}

/** Secrets of one kind, such as those that sign links. */
export function createShopSecrets(
  { vault, ids }: { readonly vault: Vault; readonly ids: Ids },
  kind: string,
): ShopSecrets {
  const secrets = new Map<string, string>();

  async function knownOf(storeId: string): Promise<string | undefined> {
    const known = secrets.get(storeId);
    if (known !== undefined) return known;
    const stored = (await vault.get({ storeId, kind, id: ID }))?.value;
    if (stored !== undefined) secrets.set(storeId, stored);
    return stored;
  }

  return {
    knownOf,
    async secretOf(storeId) {
      const known = await knownOf(storeId);
      if (known !== undefined) return known;
      const value = `${ids.uuid()}${ids.uuid()}`;
      // Another instance may be faster: its secret then counts.
      await vault.put({ storeId, kind, id: ID }, { value }, 0);
      return (await knownOf(storeId)) ?? value;
    },
  };
}
