import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { copyDatabase } from '../../../src/adapters/sqlite/backup.ts';
import { openSqliteVault } from '../../../src/adapters/sqlite/vault.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { describeVaultContract } from '../../contracts/vault/suite.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { temporaryFolder } from './temporary-log.ts';

function openTemporaryVault() {
  const folder = temporaryFolder();
  const path = join(folder, 'vault.db');
  const clock = createFakeClock();
  const open = () => openSqliteVault({ path, clock, ids: systemIds });
  const vault = open();
  return { folder, path, clock, open, vault };
}

/** Every file of the folder, as one text. */
const filesOf = (folder: string) =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');

describeVaultContract('SQLite', async () => {
  const { folder, clock, open, vault } = openTemporaryVault();
  const elsewhere = open();
  return {
    vault,
    elsewhere,
    now: () => clock.now(),
    pass: async (ms) => {
      await clock.advance(ms);
    },
    destroy: async () => {
      await vault.close();
      await elsewhere.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

describe('the file of the SQLite vault', () => {
  it('is readable by its owner only, and a copy of it is the same vault', async () => {
    const { folder, path, vault, clock } = openTemporaryVault();
    await vault.put({ storeId: 's', kind: 'k', id: 'a' }, { value: 'secret-a' }, 0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
    const copy = join(folder, 'copy.db');
    copyDatabase(path, copy);
    const copied = openSqliteVault({ path: copy, clock, ids: systemIds });
    expect(copied.vaultId).toBe(vault.vaultId);
    expect(await copied.get({ storeId: 's', kind: 'k', id: 'a' })).toMatchObject({ revision: 1 });
    await copied.close();
    await vault.close();
    rmSync(folder, { recursive: true });
  });

  it('holds nothing of removed and replaced records in any file, while it is open', async () => {
    const { folder, vault } = openTemporaryVault();
    const keyOf = (i: number) => ({ storeId: 'shop1', kind: 'subject-key', id: `person-${i}` });
    // Long ones take pages of their own; many short ones split and join pages.
    const values = Array.from({ length: 240 }, (_, i) =>
      randomBytes(i % 40 === 0 ? 9_000 : 20 + (i % 60)).toString('hex'),
    );
    for (const [i, value] of values.entries()) await vault.put(keyOf(i), { value }, 0);
    const before = filesOf(folder);
    expect(values.every((value) => before.includes(value.slice(0, 32)))).toBe(true);
    // Not in the order of insertion: 7 and 240 have no common divisor.
    const order = values.map((_, i) => (i * 7) % 240);
    const [removed, replaced] = [order.slice(0, 160), order.slice(160, 190)];
    for (const i of replaced) await vault.put(keyOf(i), { value: `new-${i}` }, 1);
    for (const i of removed) await vault.remove(keyOf(i));
    const after = filesOf(folder);
    const left = [...removed, ...replaced].filter((i) => after.includes(values[i]!.slice(0, 32)));
    expect(left).toEqual([]);
    for (const i of order.slice(190)) expect((await vault.get(keyOf(i)))?.value).toBe(values[i]);
    await vault.close();
    rmSync(folder, { recursive: true });
  });

  it('says which file is damaged and what to do', async () => {
    const { folder, path, vault, open } = openTemporaryVault();
    await vault.close();
    rmSync(`${path}-wal`, { force: true });
    writeFileSync(path, 'no database at all, but more than a header of one'.repeat(100));
    expect(open).toThrow(`${path}: it is damaged`);
    rmSync(folder, { recursive: true });
  });
});
