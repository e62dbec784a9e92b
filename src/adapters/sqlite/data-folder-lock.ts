import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Libsql from 'libsql';

import { UpstreamError } from '../../domain/kernel/errors.ts';

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
  const holderFile = join(folder, 'holder.json');
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
    throw notWritable(folder, cause);
  }
  return {
    announce(address) {
      if (!held) return;
      holder = { ...holder, address };
      writeHolder(holderFile, holder);
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
  writeFileSync(holderFile, `${JSON.stringify(holder)}\n`);
}

/** The holder of the folder, as far as `holder.json` names one. */
export function readHolder(folder: string): Holder | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, 'holder.json'), 'utf8'));
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
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw notWritable(folder, cause);
  }
}

function takeLock(folder: string, holderFile: string): Libsql.Database {
  let lock: Libsql.Database | undefined;
  try {
    lock = new Libsql(join(folder, 'lock.db'));
    lock.pragma('busy_timeout = 0');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    const code = (cause as { code?: string }).code ?? '';
    if (!code.startsWith('SQLITE_BUSY')) throw notWritable(folder, cause);
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

function notWritable(folder: string, cause: unknown): UpstreamError {
  return new UpstreamError(
    'store_unavailable',
    `expected a writable data folder at ${folder}, found ${(cause as Error).message}`,
    { folder },
    cause,
  );
}
