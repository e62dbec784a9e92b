import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PRIVATE_FILE } from '../shared/private-files.ts';

export const STARTS_FILE = 'starts.json';
/** More starts than this within an hour are not counted. */
const MAX_STARTS = 200;
const HOUR_MS = 3_600_000;

/**
 * Adds this start to those of the last hour.
 * @returns them, in ms since 1970; only this one where the folder cannot be written, because a full
 *   disk must not prevent a start.
 */
export function noteStart(dataDir: string, nowMs: number): readonly number[] {
  const path = join(dataDir, STARTS_FILE);
  const recent = read(path).filter((startMs) => startMs > nowMs - HOUR_MS && startMs <= nowMs);
  const starts = [...recent, nowMs].slice(-MAX_STARTS);
  try {
    const draft = `${path}.draft`;
    writeFileSync(draft, `${JSON.stringify(starts)}\n`, { mode: PRIVATE_FILE });
    renameSync(draft, path);
  } catch {
    // Counted from here on only: the restarts before are unknown.
  }
  return starts;
}

function read(path: string): readonly number[] {
  try {
    const parsed = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    return Array.isArray(parsed) ? parsed.filter((entry) => typeof entry === 'number') : [];
  } catch {
    return [];
  }
}
