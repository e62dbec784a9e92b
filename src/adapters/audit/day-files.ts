import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

import { comparePositions, parsePosition, START } from '../../domain/kernel/position.ts';
import type { AuditFiles, AuditLine } from '../../ports/audit-sinks.ts';
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../shared/private-files.ts';

/** The last record of a file stands within its last bytes: a record has at most this size. */
const MAX_LINE_BYTES = 4 * 1_048_576;
const LINE_END = 0x0a;

/** Files `audit-YYYY-MM-DD.log` in a folder that only their owner can read. */
export function createDayFiles(folder: string): AuditFiles {
  async function appendDay(day: string, lines: readonly AuditLine[]): Promise<void> {
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    const file = await open(join(folder, `audit-${day}.log`), 'a+', PRIVATE_FILE);
    try {
      const last = await lastPosition(file);
      const added = lines.filter(({ position }) => isAfter(position, last));
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

/** Removes what a crash left of a line, so that the file has whole lines only. */
async function lastPosition(file: FileHandle): Promise<string | undefined> {
  const { size } = await file.stat();
  if (size === 0) return undefined;
  const from = Math.max(0, size - MAX_LINE_BYTES);
  const tail = Buffer.alloc(size - from);
  await file.read(tail, 0, tail.length, from);
  const end = tail.lastIndexOf(LINE_END);
  if (from + end + 1 < size) await file.truncate(from + end + 1);
  if (end < 0) return undefined;
  const start = tail.lastIndexOf(LINE_END, end - 1) + 1;
  const { position } = JSON.parse(tail.toString('utf8', start, end)) as { position?: string };
  return position;
}

function isAfter(position: string, last: string | undefined): boolean {
  if (last === undefined) return true;
  return comparePositions(parsePosition(position) ?? START, parsePosition(last) ?? START) > 0;
}
