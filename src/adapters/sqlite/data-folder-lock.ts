import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Libsql from 'libsql';

import { UpstreamError } from '../../domain/kernel/errors.ts';
import { codeOf, explainFileError, isDamage } from '../shared/file-errors.ts';
import { createPrivateFile, PRIVATE_FILE, PRIVATE_FOLDER } from '../shared/private-files.ts';

const LOCK_FILE = 'lock.db';
const HOLDER_FILE = 'holder.json';

export interface Holder {
  readonly pid: number;
  readonly since: string;
  readonly address?: string;
}

export interface DataFolderLock {
  /** Publishes the address at which the holder listens. */
  announce(address: string): void;
  release(): void;
}

/**
 * Locks the folder for this process, or fails immediately and names the holder. The lock is an open
 * exclusive SQLite transaction: the operating system releases it with the process, however that
 * ends. `holder.json` only names the holder to the operator.
 * @throws UpstreamError store_unavailable
 */
export function lockDataFolder(folder: string, now: () => string): DataFolderLock {
  createFolder(folder);
  const holderFile = join(folder, HOLDER_FILE);
  const lock = takeLock(folder, holderFile);
  const unlock = () => {
    lock.exec('ROLLBACK');
    lock.close();
  };
  let holder: Holder = { pid: process.pid, since: now() };
  let held = true;
  try {
    writeHolder(holderFile, holder);
  } catch (cause) {
    unlock();
    throw notWritable(folder, cause, HOLDER_FILE);
  }
  return {
    announce(address) {
      if (!held) return;
      holder = { ...holder, address };
      try {
        writeHolder(holderFile, holder);
      } catch {
        // The lock is held all the same; only the next error does not name the holder.
      }
    },
    release() {
      // After the release the file may belong to another holder.
      if (!held) return;
      held = false;
      rmSync(holderFile, { force: true });
      unlock();
    },
  };
}

function writeHolder(holderFile: string, holder: Holder): void {
  writeFileSync(holderFile, `${JSON.stringify(holder)}\n`, { mode: PRIVATE_FILE });
}

/** The holder of the folder, as far as `holder.json` names one. */
export function readHolder(folder: string): Holder | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, HOLDER_FILE), 'utf8'));
    return isHolder(content) ? content : undefined;
  } catch {
    // No file or half a file: the holder is unknown, and the lock alone decides.
    return undefined;
  }
}

function isHolder(content: unknown): content is Holder {
  if (typeof content !== 'object' || content === null) return false;
  const { pid, since } = content as Partial<Holder>;
  return typeof pid === 'number' && typeof since === 'string';
}

function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  } catch (cause) {
    throw notWritable(folder, cause);
  }
}

function takeLock(folder: string, holderFile: string): Libsql.Database {
  let lock: Libsql.Database | undefined;
  try {
    const path = join(folder, LOCK_FILE);
    createPrivateFile(path);
    lock = new Libsql(path);
    lock.pragma('busy_timeout = 0');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if (!codeOf(cause).startsWith('SQLITE_BUSY')) throw notWritable(folder, cause, LOCK_FILE);
    const holder = readHolder(folder);
    const who = holder
      ? `process ${holder.pid} since ${holder.since}${holder.address ? ` (${holder.address})` : ''}`
      : `another process (${holderFile} names none)`;
    throw new UpstreamError(
      'store_unavailable',
      `the data folder ${folder} is held by ${who}; stop it first or choose another DATA_DIR`,
      { folder, holder },
      cause,
    );
  }
}

function notWritable(folder: string, cause: unknown, name?: string): UpstreamError {
  const file = name === undefined ? '' : `${name}: `;
  const explanation = isDamage(cause)
    ? 'it is damaged: remove it, nothing is stored in it'
    : (explainFileError(cause) ?? (cause as Error).message);
  return new UpstreamError(
    'store_unavailable',
    `expected a writable data folder at ${folder}, found ${file}${explanation}`,
    { folder },
    cause,
  );
}
