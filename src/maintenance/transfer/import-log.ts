import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { formatPosition, START } from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { MaintenanceError } from '../maintenance-error.ts';
import { bytesOf } from './chain.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { type ReadEvent, readExport } from './read-export.ts';

const PAGE_SIZE = 1_000;
/** Limits of one append: well below those of the log, and small enough for steady progress. */
const MAX_APPEND_EVENTS = 250;
const MAX_APPEND_BYTES = 512 * 1_024;

export interface ImportLogOptions {
  readonly log: EventLog;
  readonly folder: string;
  /**
   * Number of concurrent appends. More than 1 only where the log stores them together or not at
   * all.
   */
  readonly appendBatchSize: number;
  readonly progress: (phase: 'verified' | 'found' | 'imported', events: number) => void;
}

export interface Imported {
  readonly manifest: Manifest;
  /** Events that an interrupted import had stored already. */
  readonly found: number;
  readonly imported: number;
}

/** Verifies every byte of an export. @throws MaintenanceError at the first change. */
export async function verifyExport(
  folder: string,
  progress: (events: number) => void,
): Promise<Manifest> {
  const manifest = await readManifest(folder);
  let events = 0;
  for await (const _ of readExport(folder, manifest)) {
    events += 1;
    if (events % PAGE_SIZE === 0) progress(events);
  }
  progress(events);
  return manifest;
}

/**
 * Imports an export into an empty log: the same streams, revisions, ids, times and order. Continues
 * an interrupted import: the log must then contain the beginning of the export.
 * @throws MaintenanceError before anything is written when the export was changed or the log
 *   contains something else.
 */
export async function importLog(options: ImportLogOptions): Promise<Imported> {
  const { log, folder, progress } = options;
  const manifest = await verifyExport(folder, (events) => progress('verified', events));
  const events = readExport(folder, manifest);
  const found = await skipStored(log, events, (count) => progress('found', count));
  const imported = await appendAll(options, events);
  return { manifest, found, imported };
}

/** Skips the events that the log contains. @throws MaintenanceError when they differ. */
async function skipStored(
  log: EventLog,
  events: AsyncGenerator<ReadEvent>,
  progress: (events: number) => void,
): Promise<number> {
  let found = 0;
  for (let after = START; ;) {
    const page = await log.readAll({ after, limit: PAGE_SIZE });
    for (const stored of page.events) {
      const next = await events.next();
      const same = !next.done && next.value.bytes.equals(bytesOf(stored));
      if (!same) throw notEmpty(stored, next.done ? undefined : next.value.place);
      found += 1;
    }
    if (found > 0) progress(found);
    if (page.atHead) return found;
    after = page.position;
  }
}

function notEmpty(stored: RecordedEvent, place: string | undefined): MaintenanceError {
  const { stream, revision, position } = stored;
  const where = place === undefined ? 'the export has fewer events' : `the export differs there`;
  return new MaintenanceError(
    `expected an empty log, or the beginning of this export, found ${stream} revision ${revision} at ${formatPosition(position)} (${place ?? 'no line'}; ${where}). Import into a new log`,
  );
}

type Append = ReadEvent[];

async function appendAll(
  { log, appendBatchSize, progress }: ImportLogOptions,
  events: AsyncGenerator<ReadEvent>,
): Promise<number> {
  let imported = 0;
  let waiting: Append[] = [];
  const flush = async () => {
    const appends = waiting;
    waiting = [];
    await Promise.all(appends.map((append) => appendOne(log, append)));
    imported += appends.reduce((sum, append) => sum + append.length, 0);
    progress('imported', imported);
  };
  let append: Append = [];
  let sizeBytes = 0;
  const finish = async () => {
    if (append.length > 0) waiting.push(append);
    append = [];
    sizeBytes = 0;
    if (waiting.length >= appendBatchSize) await flush();
  };
  for await (const read of events) {
    const lastStream = append.at(-1)?.event.stream;
    const full =
      append.length === MAX_APPEND_EVENTS || sizeBytes + read.bytes.length > MAX_APPEND_BYTES;
    if (append.length > 0 && (lastStream !== read.event.stream || full)) await finish();
    append.push(read);
    sizeBytes += read.bytes.length;
  }
  await finish();
  if (waiting.length > 0) await flush();
  return imported;
}

async function appendOne(log: EventLog, append: Append): Promise<void> {
  const [first] = append;
  if (!first) return;
  const { stream, revision } = first.event;
  const outcome = await log.append(
    stream,
    revision === 0 ? 'no-stream' : revision - 1,
    append.map(({ event: { id, type, data, metadata, recordedAt } }) => ({
      id,
      type,
      data,
      metadata,
      recordedAt,
    })),
  );
  if (outcome.outcome === 'done') return;
  const reason =
    outcome.outcome === 'conflict' ? `the stream is at ${outcome.actual}` : outcome.error.message;
  throw new MaintenanceError(
    `${first.place}: ${outcome.outcome}: ${reason}. Run it again to continue`,
  );
}
