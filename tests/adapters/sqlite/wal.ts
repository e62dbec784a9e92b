import { readFileSync } from 'node:fs';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * How many transactions stand in the write-ahead log of a database, from the file format alone:
 * the last frame of each transaction holds the size of the database after it, all others zero
 * (https://www.sqlite.org/fileformat2.html#walformat). Valid until the first checkpoint.
 */
export function countCommits(databasePath: string): number {
  const wal = readFileSync(`${databasePath}-wal`);
  const frameBytes = FRAME_HEADER_BYTES + wal.readUInt32BE(8);
  let commits = 0;
  for (let at = HEADER_BYTES; at + frameBytes <= wal.length; at += frameBytes) {
    if (wal.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}
