import { createHash } from 'node:crypto';
import { constants, createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { checkLogCopy, copyDatabase } from '../adapters/sqlite/backup.ts';
import { lockDataFolder } from '../adapters/sqlite/data-folder-lock.ts';
import { MaintenanceError } from './maintenance-error.ts';
import type { BackupReport } from './operations.ts';
import type { Config } from '../config.ts';

const MANIFEST = 'backup.json';
const LOG = 'log.db';
const DOCUMENTS = 'documents.db';
const SHOPS = 'stores.json';
const OWNER_ONLY = 0o700;

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
 * Copies the embedded log and the shops file, and optionally the documents, to a new folder. The
 * log is copied last: documents behind the log catch up; documents ahead of it are rebuilt.
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
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY });
  if ((await readdir(folder)).length > 0) {
    throw new MaintenanceError(`expected an empty folder at ${folder}, found files in it`);
  }
  const { dataDir, storesFile } = config;
  await copyFile(storesFile, join(folder, SHOPS), constants.COPYFILE_EXCL);
  if (withDocuments) copyDatabase(join(dataDir, DOCUMENTS), join(folder, DOCUMENTS));
  copyDatabase(join(dataDir, LOG), join(folder, LOG));
  const content = checkLogCopy(join(folder, LOG));
  const names = [...(withDocuments ? [DOCUMENTS] : []), LOG, SHOPS];
  await removeSideFiles(folder, names);
  const files: StoredFile[] = [];
  for (const name of names) files.push(await syncAndHash(folder, name));
  const backup: Backup = { format: 'tillstream-backup', version: 1, ...content, files };
  const draft = join(folder, `${MANIFEST}.draft`);
  const handle = await open(draft, 'wx');
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
 * Verifies every file of a backup and restores it into a data folder without a log.
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
    for (const { name } of backup.files) {
      const target = name === SHOPS ? storesFile : join(dataDir, name);
      if (name !== SHOPS && existsSync(target)) {
        throw new MaintenanceError(
          `expected no ${target}: move ${name}, ${name}-wal and ${name}-shm away`,
        );
      }
    }
    // Side files of a missing database would be applied to the restored one.
    const names = backup.files.map(({ name }) => name);
    await removeSideFiles(dataDir, names);
    for (const { name } of backup.files) {
      if (name === SHOPS && existsSync(storesFile)) continue;
      const target = name === SHOPS ? storesFile : join(dataDir, name);
      await copyFile(join(folder, name), `${target}.draft`);
      const handle = await open(`${target}.draft`, 'r+');
      await handle.sync();
      await handle.close();
      await rename(`${target}.draft`, target);
    }
    checkLogCopy(join(dataDir, LOG));
  } finally {
    lock.release();
  }
  return backup;
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
  const known = [LOG, DOCUMENTS, SHOPS];
  const { format, version } = backup as { format: unknown; version: unknown };
  if (format !== 'tillstream-backup' || version !== 1) {
    throw new MaintenanceError(`${path}: expected tillstream-backup version 1`);
  }
  if (!backup.files.every(({ name }) => known.includes(name))) {
    throw new MaintenanceError(`${path}: expected no files but ${known.join(', ')}`);
  }
  return backup;
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
