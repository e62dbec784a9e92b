import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { PRIVATE_FILE, PRIVATE_FOLDER } from '../../adapters/shared/private-files.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { comparePositions, START } from '../../domain/kernel/position.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { MaintenanceError } from '../maintenance-error.ts';
import { bytesOf, FIRST_HASH, hashAfter, lineOf } from './chain.ts';
import { type ExportedFile, type Manifest, manifestPath, manifestText } from './manifest.ts';

const PAGE_SIZE = 1_000;
const MAX_FILE_EVENTS = 100_000;

export interface ExportOptions {
  readonly log: EventLog;
  /** New or empty. */
  readonly folder: string;
  /** Called after each page. */
  readonly progress: (events: number) => void;
  /** Maximum number of events per file. */
  readonly maxFileEvents?: number;
}

/**
 * Writes the current log to files of JSON lines, and the manifest last: without it an export is
 * incomplete.
 * @throws MaintenanceError when the folder is not empty.
 */
export async function exportLog(options: ExportOptions): Promise<Manifest> {
  const { log, folder, progress, maxFileEvents = MAX_FILE_EVENTS } = options;
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  if ((await readdir(folder)).length > 0) {
    throw new MaintenanceError(`expected an empty folder at ${folder}, found files in it`);
  }
  const end = await log.head();
  const streams = new Set<string>();
  const files: ExportedFile[] = [];
  let hash = FIRST_HASH;
  let file: OpenFile | undefined;
  let first: RecordedEvent | undefined;
  let last: RecordedEvent | undefined;
  let events = 0;
  for (let after = START; comparePositions(after, end) < 0;) {
    const page = await log.readAll({ after, limit: PAGE_SIZE });
    for (const event of page.events) {
      if (comparePositions(event.position, end) > 0) break;
      assertReadable(event);
      if (file?.events === maxFileEvents) {
        files.push(await file.finish(hash));
        file = undefined;
      }
      file ??= await openFile(folder, files.length + 1);
      const bytes = bytesOf(event);
      hash = hashAfter(hash, bytes);
      file.add(lineOf(hash, bytes));
      streams.add(event.stream);
      first ??= event;
      last = event;
      events += 1;
    }
    await file?.flush();
    progress(events);
    if (page.atHead) break;
    after = page.position;
  }
  if (file) files.push(await file.finish(hash));
  const manifest: Manifest = omitUndefined({
    format: 'tillstream-events' as const,
    version: 1 as const,
    logId: await log.logId(),
    events,
    streams: streams.size,
    firstRecordedAt: first?.recordedAt,
    lastRecordedAt: last?.recordedAt,
    hash,
    files,
  });
  await writeAtomically(manifestPath(folder), manifestText(manifest));
  return manifest;
}

/** An import of such an event would store something else. */
function assertReadable({ unreadable, id, stream, revision }: RecordedEvent): void {
  if (unreadable === undefined) return;
  const found = `${id} in ${stream} at revision ${revision}`;
  throw new MaintenanceError(`expected ${unreadable}, found ${found}; see tillstream doctor`);
}

interface OpenFile {
  readonly events: number;
  add(line: Buffer): void;
  flush(): Promise<void>;
  finish(lastHash: string): Promise<ExportedFile>;
}

async function openFile(folder: string, number: number): Promise<OpenFile> {
  const name = `events-${String(number).padStart(6, '0')}.jsonl`;
  const handle = await open(join(folder, name), 'wx', PRIVATE_FILE);
  const sha256 = createHash('sha256');
  let lines: Buffer[] = [];
  let events = 0;
  let sizeBytes = 0;
  const flush = async () => {
    const bytes = Buffer.concat(lines);
    lines = [];
    sha256.update(bytes);
    sizeBytes += bytes.length;
    await writeFully(handle, bytes);
  };
  return {
    get events() {
      return events;
    },
    add(line) {
      lines.push(line);
      events += 1;
    },
    flush,
    async finish(lastHash) {
      await flush();
      await handle.sync();
      await handle.close();
      return { name, events, sizeBytes, sha256: sha256.digest('hex'), lastHash };
    },
  };
}

async function writeFully(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done)).bytesWritten;
  }
}

/** Atomic: the file is complete or missing. */
async function writeAtomically(path: string, text: string): Promise<void> {
  const handle = await open(`${path}.draft`, 'w', PRIVATE_FILE);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.draft`, path);
}
