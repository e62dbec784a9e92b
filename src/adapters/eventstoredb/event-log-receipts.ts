import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { EventLogReads } from './event-log-reads.ts';

/** Events read back and kept until their append asks for them. */
const MAX_KEPT = 10_000;
/** One read-back reads so many events; more than that behind, each append reads its own stream. */
const MAX_READ = 2_000;
/** Bytes of log between two appends that are still worth reading as one piece. */
const MAX_GAP_BYTES = 4_194_304n;

export interface Receipt {
  readonly positions: readonly Position[];
  readonly recordedAt: string;
}

/** What was stored by an append, as the server recorded it. */
export interface Receipts {
  /**
   * @param first revision of the first event of the append
   * @param position the place that the server answered with, if it did
   */
  read(
    stream: string,
    first: number,
    count: number,
    position: Position | undefined,
  ): Promise<Receipt>;
}

interface Waiting {
  readonly stream: string;
  readonly first: number;
  readonly count: number;
  readonly position: Position;
  readonly found: (receipt: Receipt | undefined) => void;
}

type Kept = Pick<RecordedEvent, 'position' | 'recordedAt'>;

/**
 * The server answers an append with the place of one event and without the time. Appends in
 * flight together are therefore read back together: one read at a time goes over the newest part
 * of the log, each event once, and whoever waited finds its own. What is far behind, as a repeat
 * of an old append is, is read from its stream.
 */
export function createReceipts(reads: EventLogReads): Receipts {
  const kept = new Map<string, Kept>();
  let waiting: Waiting[] = [];
  let cursor: Position | undefined;
  let reading = false;

  function lookUp({ stream, first, count }: Omit<Waiting, 'found' | 'position'>) {
    const events: Kept[] = [];
    for (let revision = first; revision < first + count; revision += 1) {
      const event = kept.get(`${stream}@${revision}`);
      if (!event) return undefined;
      events.push(event);
    }
    return receiptOf(events);
  }

  function keep({ stream, revision, position, recordedAt }: RecordedEvent): void {
    kept.set(`${stream}@${revision}`, { position, recordedAt });
    if (kept.size <= MAX_KEPT) return;
    for (const oldest of kept.keys()) {
      kept.delete(oldest);
      return;
    }
  }

  async function readOn(after: Position, until: Position): Promise<Position> {
    const page = await reads.readAll({ after, limit: MAX_READ });
    for (const event of page.events) keep(event);
    if (comparePositions(page.position, until) >= 0 || page.atHead) return page.position;
    throw new Error('expected the newest appends close together');
  }

  async function drain(): Promise<void> {
    reading = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      const newest = group.reduce((a, b) => (comparePositions(a.position, b.position) > 0 ? a : b));
      try {
        const near = cursor && newest.position.commit - cursor.commit < MAX_GAP_BYTES;
        if (cursor && near && comparePositions(cursor, newest.position) < 0) {
          cursor = await readOn(cursor, newest.position);
        } else if (!near) {
          cursor = newest.position;
        }
      } catch {
        // Each of them reads its own stream and meets the failure itself, if there still is one.
        cursor = undefined;
      }
      for (const each of group) each.found(lookUp(each));
    }
    reading = false;
  }

  async function readOwn(stream: string, from: number, count: number): Promise<Receipt> {
    const events: RecordedEvent[] = [];
    while (events.length < count) {
      const limit = count - events.length;
      const page = await reads.readStream(stream, { from: from + events.length, limit });
      if (page.length === 0) throw new Error(`expected ${stream} to hold what was just appended`);
      events.push(...page);
    }
    return receiptOf(events);
  }

  return {
    async read(stream, first, count, position) {
      if (position) {
        const receipt = await new Promise<Receipt | undefined>((found) => {
          waiting.push({ stream, first, count, position, found });
          if (!reading) void drain();
        });
        if (receipt) return receipt;
      }
      return readOwn(stream, first, count);
    },
  };
}

function receiptOf(events: readonly Kept[]): Receipt {
  return {
    positions: events.map(({ position }) => position),
    recordedAt: events.at(-1)?.recordedAt ?? '',
  };
}
