import {
  MAX_VAULT_PAGE,
  MAX_VAULT_VALUE_BYTES,
  type Vault,
  type VaultKey,
} from '../../../src/ports/vault.ts';

export interface OpenedVault {
  readonly vault: Vault;
  /** The same vault as another process has it. */
  readonly elsewhere: Vault;
  /** The time of the clock that decides what has expired, in ms. */
  readonly now: () => number;
  /** Lets so much time pass by that clock. */
  readonly pass: (ms: number) => Promise<void>;
  readonly destroy: () => Promise<void>;
}

const MINUTE_MS = 60_000;
const KEY: VaultKey = { storeId: 'shop1', kind: 'password', id: 'u1' };

/** What every vault must do. */
export function describeVaultContract(name: string, factory: () => Promise<OpenedVault>): void {
  describe(`the ${name} vault`, () => {
    let opened: OpenedVault;
    beforeEach(async () => {
      opened = await factory();
    });
    afterEach(() => opened.destroy());

    const inMs = (ms: number) => new Date(opened.now() + ms).toISOString();

    it('has no record until one is put, which others see with revision 1', async () => {
      const { vault, elsewhere } = opened;
      expect(await vault.get(KEY)).toBeUndefined();
      expect(await vault.put(KEY, { value: 'a' }, 0)).toBe('done');
      expect(await elsewhere.get(KEY)).toEqual({ value: 'a', revision: 1 });
    });

    it('replaces only the revision that the writer has seen', async () => {
      const { vault, elsewhere } = opened;
      expect(await vault.put(KEY, { value: 'x' }, 1)).toBe('conflict');
      await vault.put(KEY, { value: 'a' }, 0);
      expect(await elsewhere.put(KEY, { value: 'b' }, 1)).toBe('done');
      expect(await vault.put(KEY, { value: 'c' }, 1)).toBe('conflict');
      expect(await vault.put(KEY, { value: 'c' }, 0)).toBe('conflict');
      expect(await vault.put(KEY, { value: 'c' }, 7)).toBe('conflict');
      expect(await vault.get(KEY)).toEqual({ value: 'b', revision: 2 });
    });

    it('lets exactly one of many first writers win', async () => {
      const { vault, elsewhere } = opened;
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 === 0 ? vault : elsewhere).put(KEY, { value: `${i}` }, 0),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
      expect(await vault.get(KEY)).toMatchObject({ revision: 1 });
    });

    it('keeps shops, kinds and ids apart, whatever their text', async () => {
      const { vault } = opened;
      const ids = ['$name', 'a.b', '{"$gt":""}', "x'; --", 'ñ 🧾', '', 'a"b'];
      for (const storeId of ['shop1', 'shop2']) {
        for (const kind of ['password', 'pin']) {
          for (const id of ids) {
            const value = JSON.stringify({ storeId, kind, id });
            expect(await vault.put({ storeId, kind, id }, { value }, 0)).toBe('done');
          }
        }
      }
      const key = { storeId: 'shop2', kind: 'pin', id: 'a.b' };
      await vault.remove(key);
      expect(await vault.get(key)).toBeUndefined();
      for (const storeId of ['shop1', 'shop2']) {
        const found = await vault.get({ storeId, kind: 'password', id: 'a.b' });
        expect(found?.value).toBe(JSON.stringify({ storeId, kind: 'password', id: 'a.b' }));
      }
    });

    it('removes a record of any revision, and one that is not there without an error', async () => {
      const { vault, elsewhere } = opened;
      await vault.put(KEY, { value: 'a' }, 0);
      await vault.put(KEY, { value: 'b' }, 1);
      await elsewhere.remove(KEY);
      expect(await vault.get(KEY)).toBeUndefined();
      await vault.remove(KEY);
      expect(await vault.put(KEY, { value: 'c' }, 2)).toBe('conflict');
      expect(await vault.put(KEY, { value: 'c' }, 0)).toBe('done');
      expect(await vault.get(KEY)).toEqual({ value: 'c', revision: 1 });
    });

    it('forgets a record that has expired', async () => {
      const { vault, pass } = opened;
      const expiresAt = inMs(MINUTE_MS);
      await vault.put(KEY, { value: 'a', expiresAt }, 0);
      expect(await vault.get(KEY)).toEqual({ value: 'a', expiresAt, revision: 1 });
      await pass(MINUTE_MS + 1);
      expect(await vault.get(KEY)).toBeUndefined();
      expect(await vault.list(KEY, { limit: 10 })).toEqual([]);
      expect(await vault.put(KEY, { value: 'b' }, 1)).toBe('conflict');
      expect(await vault.put(KEY, { value: 'b' }, 0)).toBe('done');
      expect(await vault.get(KEY)).toEqual({ value: 'b', revision: 1 });
    });

    it('moves and lifts the expiry with a change', async () => {
      const { vault, pass } = opened;
      await vault.put(KEY, { value: 'a', expiresAt: inMs(MINUTE_MS) }, 0);
      await vault.put(KEY, { value: 'b' }, 1);
      await pass(2 * MINUTE_MS);
      expect(await vault.get(KEY)).toEqual({ value: 'b', revision: 2 });
    });

    it('lists the records of one shop and kind in order, page by page', async () => {
      const { vault } = opened;
      const ids = ['a', 'b', 'c', 'é', '€', '🧾'];
      for (const id of [...ids].reverse()) await vault.put({ ...KEY, id }, { value: id }, 0);
      await vault.put({ ...KEY, storeId: 'shop2' }, { value: 'x' }, 0);
      await vault.put({ ...KEY, kind: 'pin' }, { value: 'x' }, 0);
      const found: string[] = [];
      for (let after: string | undefined; ; after = found.at(-1)) {
        const page = await vault.list(KEY, { limit: 4, ...(after !== undefined && { after }) });
        found.push(...page.map(({ id }) => id));
        if (page.length < 4) break;
      }
      expect(found).toEqual(ids);
      const [first] = await vault.list(KEY, { limit: 1 });
      const { storeId, kind } = KEY;
      expect(first).toEqual({ storeId, kind, id: 'a', value: 'a', revision: 1 });
    });

    it('rejects what is too long, and pages that are too large', async () => {
      const { vault } = opened;
      const longest = 'ñ'.repeat(MAX_VAULT_VALUE_BYTES / 2);
      expect(await vault.put(KEY, { value: longest }, 0)).toBe('done');
      expect(await vault.get(KEY)).toEqual({ value: longest, revision: 1 });
      await expect(vault.put(KEY, { value: `${longest}x` }, 1)).rejects.toThrow('64 KiB');
      await expect(vault.put(KEY, { value: 'x', expiresAt: 'soon' }, 1)).rejects.toThrow('ISO');
      await expect(vault.list(KEY, { limit: MAX_VAULT_PAGE + 1 })).rejects.toThrow('page');
      await expect(vault.list(KEY, { limit: 0 })).rejects.toThrow('page');
    });

    it('responds', async () => {
      await opened.vault.ping();
      await opened.elsewhere.ping();
    });
  });
}
