import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { PRIVATE_FILE, PRIVATE_FOLDER } from '../adapters/shared/private-files.ts';
import { checkLogCopy, copyDatabase } from '../adapters/sqlite/backup.ts';
import {
  assertLogIsThere,
  HINTS_FILE,
  problemOfLog,
  setAside,
} from '../adapters/sqlite/data-folder.ts';
import { lockDataFolder } from '../adapters/sqlite/data-folder-lock.ts';
import { problemOfVault, VAULT_FILE } from '../adapters/sqlite/vault-link.ts';
import type { Config } from '../config.ts';
import { MaintenanceError } from './maintenance-error.ts';
import type { BackupReport } from './operations.ts';
import { markRestored } from './restored-log.ts';

const MANIFEST = 'backup.json';
const LOG = 'log.db';
const DOCUMENTS = 'documents.db';
const SHOPS = 'stores.json';

interface StoredFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

interface Backup extends BackupReport {
  readonly format: 'tillstream-backup';
  readonly version: 1;
  readonly files: readonly StoredFile[];
}

/**
 * Copies the embedded log, its vault and the shops file, and optionally the documents, to a new
 * folder. The log is copied after the documents: those behind it catch up, those ahead of it are
 * rebuilt. The vault is copied after the log, so that every key that the log needs is in it.
 * @throws MaintenanceError
 */
export async function backUp(
  config: Config,
  folder: string,
  withDocuments: boolean,
): Promise<BackupReport> {
  if (config.eventStore !== 'sqlite') {
    throw new MaintenanceError('expected an embedded log; back up EventStoreDB with its own tools');
  }
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  if ((await readdir(folder)).length > 0) {
    throw new MaintenanceError(`expected an empty folder at ${folder}, found files in it`);
  }
  const { dataDir, storesFile } = config;
  assertLogIsThere(dataDir);
  await copyPrivately(storesFile, join(folder, SHOPS));
  if (withDocuments) copyDatabase(join(dataDir, DOCUMENTS), join(folder, DOCUMENTS));
  copyDatabase(join(dataDir, LOG), join(folder, LOG));
  const content = checkLogCopy(join(folder, LOG));
  const vault = join(dataDir, VAULT_FILE);
  const withVault = existsSync(vault);
  if (withVault) copyDatabase(vault, join(folder, VAULT_FILE));
  const names = [
    ...(withDocuments ? [DOCUMENTS] : []),
    LOG,
    ...(withVault ? [VAULT_FILE] : []),
    SHOPS,
  ];
  await removeSideFiles(folder, names);
  const files: StoredFile[] = [];
  for (const name of names) files.push(await syncAndHash(folder, name));
  const backup: Backup = { format: 'tillstream-backup', version: 1, ...content, files };
  const draft = join(folder, `${MANIFEST}.draft`);
  const handle = await open(draft, 'wx', PRIVATE_FILE);
  try {
    await handle.writeFile(`${JSON.stringify(backup, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, join(folder, MANIFEST));
  return backup;
}

/**
 * Verifies every file of a backup and restores it into a data folder without a usable log. What is
 * there of a log that cannot be used is kept under another name, and so is what was made from it.
 * @throws MaintenanceError, UpstreamError when the folder is in use.
 */
export async function restore(
  config: Config,
  folder: string,
  now: () => string,
): Promise<BackupReport> {
  const backup = await readBackup(folder);
  for (const file of backup.files) {
    const found = await syncAndHash(folder, file.name);
    if (found.sha256 !== file.sha256) {
      throw new MaintenanceError(
        `${join(folder, file.name)}: expected SHA-256 ${file.sha256}, found another`,
      );
    }
  }
  const { dataDir, storesFile } = config;
  const lock = lockDataFolder(dataDir, now);
  try {
    const kept = clearFolder(dataDir, now);
    let generation = 0;
    for (const { name } of backup.files) {
      if (name === SHOPS && existsSync(storesFile)) continue;
      const target = name === SHOPS ? storesFile : join(dataDir, name);
      const draft = `${target}.draft`;
      await removeDatabase(draft);
      await copyPrivately(join(folder, name), draft);
      if (name === LOG) generation = await markRestored(draft, `restored from ${folder}`);
      await rename(draft, target);
    }
    checkLogCopy(join(dataDir, LOG));
    return { ...backup, kept, generation };
  } finally {
    lock.release();
  }
}

/**
 * Renames what is left of an earlier log: SQLite would apply its side files to the restored one,
 * and read models that are ahead of a log keep a server from starting.
 * @throws MaintenanceError when the log can be used.
 */
function clearFolder(dataDir: string, now: () => string): string[] {
  const log = join(dataDir, LOG);
  const check = { thorough: true };
  const problem = problemOfLog(dataDir, check) ?? problemOfVault(dataDir, check);
  if (existsSync(log) && problem === undefined) {
    throw new MaintenanceError(`expected no ${log}: move ${LOG}, ${LOG}-wal and ${LOG}-shm away`);
  }
  return [LOG, DOCUMENTS, HINTS_FILE, VAULT_FILE]
    .map((name) => join(dataDir, name))
    .filter((path) => ['', '-wal', '-shm'].some((suffix) => existsSync(`${path}${suffix}`)))
    .map((path) => setAside(path, 'replaced', now));
}

/**
 * A new file that only its owner may read, on the disk when this resolves.
 * @throws MaintenanceError, which names the file.
 */
async function copyPrivately(from: string, to: string): Promise<void> {
  const options = { flags: 'wx', mode: PRIVATE_FILE, flush: true };
  await pipeline(createReadStream(from), createWriteStream(to, options));
}

async function readBackup(folder: string): Promise<Backup> {
  const path = join(folder, MANIFEST);
  let backup: Backup;
  try {
    backup = JSON.parse(await readFile(path, 'utf8')) as Backup;
  } catch (cause) {
    throw new MaintenanceError(`expected a finished backup with ${path}: ${String(cause)}`, {
      cause,
    });
  }
  const known = [LOG, VAULT_FILE, DOCUMENTS, SHOPS];
  const { format, version } = backup as { format: unknown; version: unknown };
  if (format !== 'tillstream-backup' || version !== 1) {
    throw new MaintenanceError(`${path}: expected tillstream-backup version 1`);
  }
  if (!backup.files.every(({ name }) => known.includes(name))) {
    throw new MaintenanceError(`${path}: expected no files but ${known.join(', ')}`);
  }
  return backup;
}

async function removeDatabase(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true });
}

/** Removes the empty side files that opening a copy may leave. */
async function removeSideFiles(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    for (const suffix of ['-wal', '-shm']) {
      await rm(join(folder, `${name}${suffix}`), { force: true });
    }
  }
}

/** Flushes a file to the disk and computes its hash. */
async function syncAndHash(folder: string, name: string): Promise<StoredFile> {
  const path = join(folder, name);
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
  const sha256 = createHash('sha256');
  await pipeline(createReadStream(path), sha256);
  const { size: sizeBytes } = await stat(path);
  return { name, sizeBytes, sha256: sha256.digest('hex') };
}
