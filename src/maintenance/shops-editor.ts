import { editShopsFile, newSecret } from '../adapters/system/shops-edit.ts';
import { readShopsFile, ShopsFileError } from '../adapters/system/shops-file.ts';
import type { Shop, ShopKey } from '../domain/kernel/shop.ts';
import { MaintenanceError } from './maintenance-error.ts';
import type { ShopsEditor } from './operations.ts';

/** @throws MaintenanceError for a file that is not valid, and for a change that cannot be made. */
export function createShopsEditor(pathOf: () => string): ShopsEditor {
  async function read(): Promise<readonly Shop[]> {
    const path = pathOf();
    const shops = await readable(() => readShopsFile(path));
    if (shops) return shops;
    throw new MaintenanceError(`expected a shops file at ${path}; the first start creates it`);
  }

  /** Replaces the keys of one shop. */
  const editKeys = (id: string, change: (keys: readonly ShopKey[]) => readonly ShopKey[]) =>
    readable(() =>
      editShopsFile(pathOf(), (shops) => {
        shopIn(shops, id);
        return shops.map((shop) => (shop.id === id ? { ...shop, keys: change(shop.keys) } : shop));
      }),
    );

  return {
    async list() {
      return (await read()).map(({ keys: _, ...shop }) => shop);
    },
    async add(shop) {
      await readable(() =>
        editShopsFile(pathOf(), (shops) => {
          const exists = shops.some(({ id }) => id === shop.id);
          if (exists) throw new MaintenanceError(`there is a shop ${shop.id} already`);
          return [...shops, { ...shop, keys: [] }];
        }),
      );
    },
    async listKeys(id) {
      const shops = await read();
      const listed = id === undefined ? shops : [shopIn(shops, id)];
      return listed.flatMap(({ id: shop, keys }) =>
        keys.map(({ id: key, role }) => ({ shop, id: key, role })),
      );
    },
    async createKey({ shop, id, role }) {
      const { secret, sha256 } = newSecret(role);
      await editKeys(shop, (keys) => {
        const exists = keys.some((key) => key.id === id);
        if (exists) throw new MaintenanceError(`the shop ${shop} has a key ${id} already`);
        return [...keys, { id, sha256, role }];
      });
      return secret;
    },
    async revokeKey({ shop, id }) {
      await editKeys(shop, (keys) => {
        const left = keys.filter((key) => key.id !== id);
        if (left.length < keys.length) return left;
        throw new MaintenanceError(`the shop ${shop} has no key ${id}`);
      });
    },
  };
}

function shopIn(shops: readonly Shop[], id: string): Shop {
  const found = shops.find((shop) => shop.id === id);
  if (found) return found;
  const ids = shops.map((shop) => shop.id).join(', ');
  throw new MaintenanceError(`expected one of the shops ${ids}, found ${id}`);
}

async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ShopsFileError)) throw error;
    throw new MaintenanceError(error.message, { cause: error });
  }
}
