import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { prepare, withDatabase } from './database.ts';
import { readMeta } from './event-log-schema.ts';
import { type FileCheck, stateOfFile } from './file-state.ts';

export const VAULT_FILE = 'vault.db';
const LOG_FILE = 'log.db';
const VAULT_ID = 'vault_id';

/** Why a file of a data folder cannot be used, and what to do about it. */
export interface FileProblem {
  /** Names the file. */
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Notes in the log which vault holds its secrets. Call before the vault is used: from then on the
 * log is not opened without it.
 */
export function linkVault(logFile: string, vaultId: string): void {
  withDatabase(logFile, 'full', (db) => {
    if (readMeta(db).get(VAULT_ID) === vaultId) return;
    prepare(db, 'INSERT INTO meta (key, value) VALUES (?, ?)').run(VAULT_ID, vaultId);
  });
}

/**
 * Compares the vault with what the log says about it. Call while no other process has the files
 * open. @throws UpstreamError when a file cannot be read at all.
 */
export function problemOfVault(dataDir: string, check?: FileCheck): FileProblem | undefined {
  const path = join(dataDir, VAULT_FILE);
  const linked = linkedVault(join(dataDir, LOG_FILE));
  const found = stateOfFile(path, check);
  if (found.state === 'damaged') return { problem: `${path}: ${found.reason}`, remedy: REMEDY };
  if (linked === undefined) return undefined;
  if (found.state !== 'whole') {
    const problem = `${path} is ${found.state}, but ${LOG_FILE} has secrets in it`;
    return { problem, remedy: REMEDY };
  }
  const vaultId = withDatabase(path, 'full', (db) => readMeta(db).get(VAULT_ID));
  if (vaultId === linked) return undefined;
  return { problem: `${path} is not the vault of ${LOG_FILE}, but another one`, remedy: REMEDY };
}

const REMEDY =
  'restore vault.db with its log: "tillstream restore <folder>"; without it no user can sign in and personal data cannot be read';

/** The vault that a log names; undefined before it had one. */
function linkedVault(logFile: string): string | undefined {
  if (!existsSync(logFile) || stateOfFile(logFile).state !== 'whole') return undefined;
  return withDatabase(logFile, 'full', (db) => {
    const tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'";
    return prepare(db, tables).all().length === 0 ? undefined : readMeta(db).get(VAULT_ID);
  });
}
