import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { UpstreamError } from '../../domain/kernel/errors.ts';
import { withFileName } from '../shared/file-errors.ts';
import { type FileCheck, removeMark, stateOfFile } from './file-state.ts';
import { endOfLog, seenByCheckpoints, type SeenEvents } from './seen-events.ts';
import { type FileProblem, problemOfVault } from './vault-link.ts';

export const LOG_FILE = 'log.db';
export const DOCUMENTS_FILE = 'documents.db';
export const HINTS_FILE = 'hints.db';
/** Files that a start builds again from the log. */
const REBUILT = [DOCUMENTS_FILE, HINTS_FILE] as const;
const SIDE_FILES = ['-wal', '-shm'] as const;

/**
 * Compares the log with its own structure, and with what the other files have seen of it. Call
 * while no other process has the files open.
 * @throws UpstreamError when a file cannot be read at all.
 */
export function problemOfLog(dataDir: string, check?: FileCheck): FileProblem | undefined {
  const log = join(dataDir, LOG_FILE);
  const found = stateOfFile(log, check);
  switch (found.state) {
    case 'damaged':
      return { problem: `${log}: ${found.reason}`, remedy: remedy() };
    case 'missing':
    case 'empty': {
      const is = found.state === 'missing' ? 'is missing' : 'is empty';
      const known = knownWithoutLog(dataDir);
      if (known === undefined) return undefined;
      return { problem: `${log} ${is}, but ${known}`, remedy: remedy() };
    }
    case 'whole':
      return problemOfEnd(dataDir, endOfLog(log));
  }
}

/** What is left of a log that is not there any more. */
function knownWithoutLog(dataDir: string): string | undefined {
  const wal = statSync(join(dataDir, `${LOG_FILE}-wal`), { throwIfNoEntry: false });
  if (wal && wal.size > 0) return `${LOG_FILE}-wal holds events of it`;
  for (const name of REBUILT) {
    const path = join(dataDir, name);
    const { state } = stateOfFile(path);
    if (state === 'damaged') return `${name} is there`;
    if (state !== 'whole') continue;
    const last = furthest(seenByCheckpoints(path));
    return last === undefined ? `${name} is there` : `${name} has seen events up to ${last}`;
  }
  return undefined;
}

function problemOfEnd(dataDir: string, end: SeenEvents | undefined): FileProblem | undefined {
  for (const name of REBUILT) {
    const all = seenByCheckpoints(join(dataDir, name));
    // What was made from another log is rebuilt from this one, unless that has nothing to offer.
    const last = furthest(end ? all.filter(({ logId }) => logId === end.logId) : all);
    if (last === undefined || (end && last <= end.last)) continue;
    const holds = end ? `holds events up to ${end.last}` : 'holds no events';
    const goOn = `move ${REBUILT.join(' and ')} away to go on without the missing events`;
    const problem = `${join(dataDir, LOG_FILE)} ${holds}, but ${name} has seen ${last}`;
    return { problem, remedy: remedy(goOn) };
  }
  return undefined;
}

function furthest(seen: readonly SeenEvents[]): bigint | undefined {
  const last = seen.reduce((max, each) => (each.last > max ? each.last : max), -1n);
  return last < 0n ? undefined : last;
}

function remedy(...more: readonly string[]): string {
  const ways = ['start over with an empty DATA_DIR', ...more].join(', or ');
  return `restore a backup with "tillstream restore <folder>", or ${ways}`;
}

/**
 * Call before log and vault are opened, while the lock of the folder is held: SQLite would create
 * a missing file, and empty the write-ahead log beside an empty one.
 * @throws UpstreamError store_unavailable with file, reason and remedy.
 */
export function assertUsableLog(dataDir: string): void {
  assertNone(dataDir, problemOfLog(dataDir) ?? problemOfVault(dataDir));
}

/** As `assertUsableLog`, where the log is elsewhere. @throws UpstreamError store_unavailable */
export function assertUsableVault(dataDir: string): void {
  assertNone(dataDir, problemOfVault(dataDir));
}

function assertNone(dataDir: string, found: FileProblem | undefined): void {
  if (!found) return;
  const message = `${found.problem}: ${found.remedy}`;
  throw new UpstreamError('store_unavailable', message, { dataDir });
}

/**
 * Call before the log of a server that may be running is copied.
 * @throws UpstreamError store_unavailable
 */
export function assertLogIsThere(dataDir: string): void {
  const path = join(dataDir, LOG_FILE);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && found.size > 0) return;
  const message = `${path} is ${found ? 'empty' : 'missing'}: there is nothing to copy`;
  throw new UpstreamError('store_unavailable', message, { path });
}

/**
 * Renames damaged files that are rebuilt from the log, so that a start creates new ones. Call while
 * the lock of the folder is held. @returns what was done, for the operator.
 */
export function setDamagedAside(dataDir: string, now: () => string): string[] {
  return damagedIn(dataDir).map(({ path, reason }) => {
    const aside = setAside(path, 'damaged', now);
    return `${path}: ${reason}. It is kept as ${aside}, and rebuilt from the log`;
  });
}

/** Damaged files that the next start sets aside, each with the reason. */
export function findDamaged(dataDir: string): string[] {
  return damagedIn(dataDir).map(({ path, reason }) => `${path}: ${reason}`);
}

function damagedIn(dataDir: string): { readonly path: string; readonly reason: string }[] {
  return REBUILT.flatMap((name) => {
    const path = join(dataDir, name);
    const found = stateOfFile(path);
    return found.state === 'damaged' ? [{ path, reason: found.reason }] : [];
  });
}

/** Renames a database with its side files. @returns the new name. @throws UpstreamError */
export function setAside(path: string, why: string, now: () => string): string {
  const aside = `${path}.${why}-${now().replaceAll(/[-:.]/g, '')}`;
  try {
    for (const suffix of ['', ...SIDE_FILES]) {
      if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`);
    }
    removeMark(path);
  } catch (error) {
    throw withFileName(path, error);
  }
  return aside;
}
