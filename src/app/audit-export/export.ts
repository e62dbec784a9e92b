import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { comparePositions, formatPosition, parsePosition } from '../../domain/kernel/position.ts';
import { createLowWaterMark, type Place } from '../../engine/deliveries/low-water.ts';
import { fencedStore } from '../../engine/leases/fenced-store.ts';
import type { WorkLease } from '../../engine/leases/work-unit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Logger } from '../../ports/logger.ts';
import type { CheckpointStore } from '../../ports/read-store.ts';
import type { ExportedRecords } from './records.ts';

/** Events of the log that one step looks at: a batch has no more records. */
const PAGE = 500;
/** Records wait this long for others of their batch. */
const POLL_MS = 5_000;

/** The records of one shop in a part of the log. */
export interface ExportStep {
  readonly storeId: string;
  /** Positions as text: after the first, up to the second. */
  readonly after: string;
  readonly upTo: string;
  readonly events: readonly RecordedEvent[];
}

/** Where records go. A step may come again after a crash. */
export interface AuditSink {
  readonly name: string;
  /** The end of a step that begins there and was taken before a crash. */
  takenUpTo(step: Pick<ExportStep, 'storeId' | 'after'>): Promise<string | undefined>;
  take(steps: readonly ExportStep[]): Promise<void>;
}

export interface AuditExportOptions {
  readonly log: EventLog;
  readonly store: CheckpointStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: ExportedRecords;
  readonly sink: AuditSink;
  /** Under which this instance exports, where others share the storage. */
  readonly lease?: WorkLease | undefined;
}

/**
 * Follows the log and hands its audit records over, in order. A checkpoint moves after each step,
 * so that a restart goes on where the last one ended. The lease is checked before each step.
 * Resolves when the signal aborts.
 */
export async function runAuditExport(
  options: AuditExportOptions,
  stopping: AbortSignal,
): Promise<void> {
  const { log, store, clock, logger, sink, lease } = options;
  const name = `export-${sink.name}`;
  const owned = fencedStore(store, lease?.token, lease?.lost ?? (() => undefined));
  const mark = createLowWaterMark(log, owned, name);
  const claim = () => owned.claim(name);

  async function takeAll(): Promise<void> {
    let at = await mark.open();
    while (!stopping.aborted) {
      const next = await takePage(options, at, claim);
      if (!next) return;
      await mark.save(next);
      at = next;
    }
  }

  while (!stopping.aborted) {
    try {
      await takeAll();
    } catch (error) {
      if (stopping.aborted) return;
      const fields = { sink: sink.name, error: String(error) };
      logger.warn(fields, 'audit records could not be exported; retrying');
    }
    await clock.sleep(POLL_MS, stopping);
  }
}

/** @returns the place after the step; undefined when the log holds nothing more. */
async function takePage(
  { log, records, sink }: AuditExportOptions,
  at: Place,
  claim: () => Promise<void>,
): Promise<Place | undefined> {
  const page = await log.readAll({ after: at.position, limit: PAGE });
  const after = formatPosition(at.position);
  const found = page.events.filter((event) => records.isExported(event));
  const shops = [...new Set(found.map(({ metadata }) => metadata.storeId))];
  let events = page.events;
  for (const storeId of shops) {
    const taken = parsePosition((await sink.takenUpTo({ storeId, after })) ?? '');
    if (taken) events = events.filter((e) => comparePositions(e.position, taken) <= 0);
  }
  const last = events.at(-1);
  if (!last) return undefined;
  const upTo = formatPosition(last.position);
  const within = found.filter((e) => comparePositions(e.position, last.position) <= 0);
  const steps = shops.map((storeId) => ({
    ...{ storeId, after, upTo },
    events: within.filter(({ metadata }) => metadata.storeId === storeId),
  }));
  const taken = steps.filter((step) => step.events.length > 0);
  if (taken.length > 0) {
    await claim();
    await sink.take(taken);
  }
  return { position: last.position, eventId: last.id };
}
