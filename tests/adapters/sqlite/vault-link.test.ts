import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { copyDatabase } from '../../../src/adapters/sqlite/backup.ts';
import { assertUsableLog } from '../../../src/adapters/sqlite/data-folder.ts';
import { openSqliteEventLog } from '../../../src/adapters/sqlite/event-log.ts';
import { openSqliteVault } from '../../../src/adapters/sqlite/vault.ts';
import { linkVault, problemOfVault } from '../../../src/adapters/sqlite/vault-link.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { temporaryFolder } from './temporary-log.ts';

/** The data folder, and one in which vaults are made: their copies have no files beside them. */
let folder: string;
let workshop: string;
beforeEach(() => {
  folder = temporaryFolder();
  workshop = temporaryFolder();
});
afterEach(() => {
  for (const each of [folder, workshop]) rmSync(each, { recursive: true });
});
const file = (name: string) => join(folder, name);

/** A log without events. */
async function createLog(): Promise<void> {
  const log = openSqliteEventLog({ path: file('log.db'), clock: systemClock, ids: systemIds });
  await log.close();
}

/** A vault with one record in the workshop. @returns its file and its id. */
async function createVault(): Promise<{ readonly path: string; readonly vaultId: string }> {
  const original = join(workshop, `${systemIds.uuid()}.db`);
  const vault = openSqliteVault({ path: original, clock: systemClock, ids: systemIds });
  await vault.put({ storeId: 's', kind: 'k', id: 'a' }, { value: 'v' }, 0);
  await vault.close();
  const path = `${original}-copy`;
  copyDatabase(original, path);
  return { path, vaultId: vault.vaultId };
}

const install = ({ path }: { path: string }) => copyFileSync(path, file('vault.db'));

describe('the vault beside a log', () => {
  it('may be missing until the log names it', async () => {
    expect(problemOfVault(folder)).toBeUndefined();
    await createLog();
    expect(problemOfVault(folder)).toBeUndefined();
    const vault = await createVault();
    linkVault(file('log.db'), vault.vaultId);
    linkVault(file('log.db'), vault.vaultId);
    install(vault);
    expect(problemOfVault(folder)).toBeUndefined();
    expect(() => assertUsableLog(folder)).not.toThrow();
  });

  it('refuses a start when it is missing or empty, and says what to restore', async () => {
    await createLog();
    linkVault(file('log.db'), (await createVault()).vaultId);
    expect(() => assertUsableLog(folder)).toThrow(/vault\.db is missing.*restore vault\.db/);
    writeFileSync(file('vault.db'), '');
    expect(() => assertUsableLog(folder)).toThrow(/vault\.db is empty.*restore vault\.db/);
  });

  it('refuses a start when it is damaged', async () => {
    await createLog();
    writeFileSync(file('vault.db'), 'no database, but longer than the header of one'.repeat(200));
    expect(() => assertUsableLog(folder)).toThrow(
      /vault\.db: it is not a SQLite database.*restore vault\.db/,
    );
  });

  it('refuses a start when it is the vault of another log', async () => {
    await createLog();
    linkVault(file('log.db'), (await createVault()).vaultId);
    install(await createVault());
    expect(() => assertUsableLog(folder)).toThrow(/not the vault of log\.db/);
  });
});
