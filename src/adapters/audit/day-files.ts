import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

import type { AuditFiles, AuditLine } from '../../ports/audit-sinks.ts';
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../shared/private-files.ts';

/** The id of a record stands at the beginning of its line. */
const HEAD_BYTES = 1_024;
const EVENT_ID = /"eventId":"([^"]+)"/;
const CHUNK_BYTES = 262_144;
const LINE_END = 0x0a;
/**
 * Records of one day whose ids are in memory. Of a day with more, the first ones could be written
 * again after a restore, which is better than not at all.
 */
const MAX_IDS = 500_000;

/** What is known of the file of a day. */
interface DayIndex {
  readonly day: string;
  /** The file itself: another one may take its name. */
  readonly inode: number;
  readonly ids: Set<string>;
  /** Read up to here, the end of a line. */
  sizeBytes: number;
}

/** Files `audit-YYYY-MM-DD.log` in a folder that only their owner can read. */
export function createDayFiles(folder: string): AuditFiles {
  let index: DayIndex | undefined;

  async function appendDay(day: string, lines: readonly AuditLine[]): Promise<void> {
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    const file = await open(join(folder, `audit-${day}.log`), 'a+', PRIVATE_FILE);
    try {
      const { ids } = (index = await readOn(file, day, index));
      const added = lines.filter(({ eventId }) => !ids.has(eventId));
      if (added.length === 0) return;
      await file.appendFile(added.map(({ text }) => `${text}\n`).join(''));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  return {
    async append(lines) {
      const days = [...new Set(lines.map(({ day }) => day))];
      for (const day of days) {
        await appendDay(
          day,
          lines.filter((line) => line.day === day),
        );
      }
    },
  };
}

/**
 * Reads what was added to the file since the last time, by this writer or by another one. Removes
 * what a crash left of a line, so that the file has whole lines only.
 */
async function readOn(file: FileHandle, day: string, last?: DayIndex): Promise<DayIndex> {
  const { ino: inode, size } = await file.stat();
  const isSame = last?.day === day && last.inode === inode && last.sizeBytes <= size;
  const index = isSame ? last : { day, inode, ids: new Set<string>(), sizeBytes: 0 };
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - index.sizeBytes));
  let head = '';
  for (let at = index.sizeBytes; at < size;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) break;
    for (let from = 0; ;) {
      const end = chunk.subarray(0, bytesRead).indexOf(LINE_END, from);
      const part = chunk.subarray(from, end < 0 ? bytesRead : end);
      head += part.toString('latin1', 0, HEAD_BYTES - head.length);
      if (end < 0) break;
      remember(index.ids, head);
      head = '';
      from = end + 1;
      index.sizeBytes = at + from;
    }
    at += bytesRead;
  }
  if (index.sizeBytes < size) await file.truncate(index.sizeBytes);
  return index;
}

function remember(ids: Set<string>, head: string): void {
  const [, id] = EVENT_ID.exec(head) ?? [];
  if (id !== undefined) ids.add(id);
  if (ids.size <= MAX_IDS) return;
  const [oldest] = ids;
  if (oldest !== undefined) ids.delete(oldest);
}
