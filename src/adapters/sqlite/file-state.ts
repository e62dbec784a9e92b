import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';

import { explainFileError, isDamage, withFileName } from '../shared/file-errors.ts';
import { type Database, openDatabase, prepare } from './database.ts';
import { problemOfPages } from './missing-pages.ts';

const MIB = 1_048_576;
/** A file up to this size is read as a whole at each start, which takes a fraction of a second. */
const CHECKED_BYTES = 32 * MIB;

export type FileState =
  | { readonly state: 'missing' | 'empty' | 'whole' }
  | { readonly state: 'damaged'; readonly reason: string };

export interface FileCheck {
  /** Reads every page, whatever the size of the file. */
  readonly thorough?: boolean;
}

/**
 * Whether a database file can be used. The pages of a large file are not read, unless it is to be
 * thorough. Call while no other process has it open.
 * @throws UpstreamError when the file cannot be read at all.
 */
export function stateOfFile(path: string, { thorough = false }: FileCheck = {}): FileState {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return { state: 'missing' };
    if (found.size === 0) return { state: 'empty' };
    if (existsSync(markOf(path))) return { state: 'damaged', reason: 'it could not be read' };
    const problem = found.isFile() ? problemOfPages(path) : undefined;
    if (problem !== undefined) return { state: 'damaged', reason: problem };
    const db = openDatabase(path, 'normal', 'reading');
    try {
      return checkContent(db, thorough || found.size <= CHECKED_BYTES);
    } finally {
      db.close();
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (isDamage(cause)) return { state: 'damaged', reason: explainFileError(cause) ?? '' };
    throw withFileName(path, error);
  }
}

function checkContent(db: Database, all: boolean): FileState {
  const check = all ? 'PRAGMA quick_check(1)' : 'SELECT count(*) FROM sqlite_master';
  const [found] = prepare(db, check).all()[0] ?? [];
  if (!all || found === 'ok') return { state: 'whole' };
  return { state: 'damaged', reason: `it is damaged (${String(found)})` };
}

/** Lies beside a file that was found damaged while it was in use. */
function markOf(path: string): string {
  return `${path}-damaged`;
}

/** Remembers for the next start that a file is damaged. Never fails. */
export function markDamaged(path: string): void {
  try {
    writeFileSync(markOf(path), '', { mode: 0o600 });
  } catch {
    // Its damage is then found again when it is used.
  }
}

export function removeMark(path: string): void {
  rmSync(markOf(path), { force: true });
}
