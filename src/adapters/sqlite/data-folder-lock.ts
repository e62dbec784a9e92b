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
  /** Lets others see where the holder listens. */
  announce(address: string): void;
  release(): void;
}

/**
 * Takes the folder for this process, or fails at once saying who holds it. The lock itself is an
 * exclusive SQLite transaction held open: the operating system drops it with the process, however
 * that ends. `holder.json` only tells people who it is.
 */
export function lockDataFolder(folder: string, now: () => string): DataFolderLock {
  createFolder(folder);
  const holderFile = join(folder, 'holder.json');
  const lock = takeLock(folder, holderFile);
  let holder: Holder = { pid: process.pid, since: now() };
  const write = () => writeFileSync(holderFile, `${JSON.stringify(holder)}\n`);
  write();
  return {
    announce(address) {
      holder = { ...holder, address };
      write();
    },
    release() {
      rmSync(holderFile, { force: true });
      lock.exec('ROLLBACK');
      lock.close();
    },
  };
}

/** Who holds the folder, as far as `holder.json` tells. */
export function readHolder(folder: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'holder.json'), 'utf8')) as Holder;
  } catch {
    // No file or half a file: nobody can be named, and the lock alone decides.
    return undefined;
  }
}

function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new UpstreamError(
      'store_unavailable',
      `expected a writable data folder at ${folder}, found ${(cause as Error).message}`,
      { folder },
      cause,
    );
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
    if (code.startsWith('SQLITE_BUSY')) {
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
    throw new UpstreamError(
      'store_unavailable',
      `expected a writable data folder at ${folder}, found ${(cause as Error).message}`,
      { folder },
      cause,
    );
  }
}
