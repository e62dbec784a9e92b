import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { DueChange, DueEntry } from './due-entry.ts';
import type { DueLines } from './due-lines.ts';
import type { DeliveryRef } from './ledger.ts';
import type { ParkedDeliveries } from './parked-deliveries.ts';

/** The deliveries that are to be sent, folded from their events. */
export interface DueEntries {
  /** In the order in which they were opened, by stream. */
  readonly all: ReadonlyMap<string, DueEntry>;
  /** @returns the entry, when the event opened one. */
  apply(event: RecordedEvent, ref: DeliveryRef, change: DueChange): DueEntry | undefined;
}

type Later = Exclude<DueChange, { kind: 'opened' }>;

export function createDueEntries(
  lines: DueLines,
  parked: ParkedDeliveries,
  schedule: (entry: DueEntry) => void,
): DueEntries {
  const all = new Map<string, DueEntry>();

  function leaveLine(entry: DueEntry): void {
    const next = lines.leave(entry);
    if (next) schedule(next);
  }

  function open(entry: DueEntry, before: DueEntry | undefined): DueEntry {
    if (before) leaveLine(before);
    parked.remove(entry.key);
    // Deleted first: what was opened last stands last.
    all.delete(entry.key);
    all.set(entry.key, entry);
    lines.join(entry);
    schedule(entry);
    return entry;
  }

  function changeState(entry: DueEntry, revision: number, change: Later): void {
    entry.revision = revision;
    if (change.kind === 'ended' || change.kind === 'parked') {
      const { key, channel } = entry;
      all.delete(key);
      leaveLine(entry);
      if (change.kind === 'parked') parked.add({ key, channel, revision });
      return;
    }
    entry.state = change.kind;
    entry.dueAtMs = change.dueAtMs;
    if (change.kind === 'sending') entry.attempt = change.attempt;
    schedule(entry);
  }

  return {
    all,
    apply(event, ref, change) {
      const entry = all.get(event.stream);
      const known = entry?.revision ?? parked.revisionOf(event.stream) ?? -1;
      if (event.revision <= known) return undefined;
      if (change.kind === 'opened') return open(newEntry(event, ref, change, entry), entry);
      if (entry) changeState(entry, event.revision, change);
      else if (change.kind === 'ended') parked.remove(event.stream);
      return undefined;
    },
  };
}

function newEntry(
  event: RecordedEvent,
  ref: DeliveryRef,
  { channel, priority, orderKey, expiresAtMs }: DueChange & { kind: 'opened' },
  before: DueEntry | undefined,
): DueEntry {
  return {
    ...ref,
    ...{ key: event.stream, channel, priority, orderKey, expiresAtMs },
    ...{ state: 'waiting', dueAtMs: 0, attempt: before?.attempt ?? 0 },
    ...{ revision: event.revision, takenAt: -1, worker: undefined },
    busy: before?.busy ?? false,
  };
}
