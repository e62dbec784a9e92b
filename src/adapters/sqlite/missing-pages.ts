import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const LARGEST_PAGE_BYTES = 65_536;
/** Descriptors that stay open; more than a data folder has databases. */
const MAX_KEPT = 16;

/**
 * Descriptors of database files, by path. They are not closed after use: to close any descriptor
 * of a file releases all locks that this process holds on it, those of SQLite too, and the driver
 * keeps a connection that was closed until its statements are collected as garbage. Without the
 * lock another process, such as a backup, removes the write-ahead log in use.
 */
const kept = new Map<string, number>();

/**
 * What the sizes of a database file and of its write-ahead log say against it, from the file format
 * alone (https://www.sqlite.org/fileformat2.html); undefined when nothing does. SQLite itself
 * notices missing pages only when it reads them, and drops the write-ahead log of an empty file.
 * Call while no process has the database open.
 */
export function problemOfPages(path: string): string | undefined {
  const file = descriptorOf(path);
  const header = read(file, 0, HEADER_BYTES);
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 16) !== MAGIC) {
    return 'it is not a SQLite database';
  }
  const pageBytes = header.readUInt16BE(16) === 1 ? LARGEST_PAGE_BYTES : header.readUInt16BE(16);
  const inFile = Math.floor(fstatSync(file).size / pageBytes);
  // The page count of the header is only valid when both counters agree.
  const counted = header.readUInt32BE(24) === header.readUInt32BE(92);
  const wal = readWal(`${path}-wal`);
  const pages = wal?.pages ?? (counted ? header.readUInt32BE(28) : inFile);
  for (let page = inFile + 1; page <= pages; page++) {
    if (!wal?.changed.has(page)) return `it was cut off: it has ${inFile} of ${pages} pages`;
  }
  return undefined;
}

function descriptorOf(path: string): number {
  const known = kept.get(path);
  if (known !== undefined && isSameFile(fstatSync(known), statSync(path))) return known;
  const opened = openSync(path, 'r');
  // One that was replaced, and the oldest: no connection of this process is at them any more.
  const [oldest] = kept.size >= MAX_KEPT ? kept.values() : [];
  for (const each of new Set([known, oldest])) if (each !== undefined) forget(each);
  kept.set(path, opened);
  return opened;
}

function forget(descriptor: number): void {
  for (const [path, each] of kept) if (each === descriptor) kept.delete(path);
  closeSync(descriptor);
}

interface Identity {
  readonly dev: number;
  readonly ino: number;
}

const isSameFile = (a: Identity, b: Identity) => a.dev === b.dev && a.ino === b.ino;

interface Wal {
  /** Size of the database after its last transaction, in pages. */
  readonly pages: number;
  readonly changed: ReadonlySet<number>;
}

/** The transactions of a write-ahead log; undefined when it holds none. */
function readWal(path: string): Wal | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const header = read(file, 0, WAL_HEADER_BYTES);
    if (header.length < WAL_HEADER_BYTES) return undefined;
    const frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(8);
    const salt = header.subarray(16, 24);
    const changed = new Set<number>();
    let pages: number | undefined;
    for (let at = WAL_HEADER_BYTES; ; at += frameBytes) {
      const frame = read(file, at, FRAME_HEADER_BYTES);
      // Frames of an earlier use of the file have other salts.
      if (frame.length < FRAME_HEADER_BYTES || !frame.subarray(8, 16).equals(salt)) break;
      changed.add(frame.readUInt32BE(0));
      // Set in the last frame of a transaction only.
      if (frame.readUInt32BE(4) > 0) pages = frame.readUInt32BE(4);
    }
    return pages === undefined ? undefined : { pages, changed };
  } finally {
    closeSync(file);
  }
}

function read(file: number, at: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(file, buffer, 0, length, at));
}
