import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { Position } from '../../domain/kernel/position.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { CheckpointStore } from '../../ports/read-store.ts';
import type { FencedStore } from '../leases/fenced-store.ts';
import type { DueChange, DueEntry } from './due-entry.ts';
import type { DueIndex } from './due-index.ts';
import type { DeliveryRef } from './ledger.ts';
import { BEGINNING, createLowWaterMark, earlier, type Place } from './low-water.ts';
import type { ParkedDelivery } from './parked-deliveries.ts';

const PAGE = 500;
/** Events after which the low-water mark is written again. */
const SAVE_EVERY = 200;
/** Deliveries that the index holds; those beyond are read from the log when there is room. */
const MAX_OPEN = 100_000;

export interface FollowOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly store: FencedStore<CheckpointStore>;
  readonly index: DueIndex;
  readonly categories: readonly string[];
  readonly change: (event: RecordedEvent) => { ref: DeliveryRef; change: DueChange } | undefined;
  /** Those that were parked before a place in the log, from which it is not read again. */
  readonly parkedBefore?: (position: Position) => AsyncIterable<ParkedDelivery>;
  readonly stopping: AbortSignal;
  /** Deliveries in the index at most. */
  readonly maxOpen?: number;
}

/** Keeps the due index as the log says. */
export interface DeliveryFollower {
  /** Claims and reads the low-water mark. @throws FencedError */
  open(): Promise<void>;
  /** Applies everything that the log holds now. @throws FencedError */
  takeAll(): Promise<void>;
}

/**
 * Its checkpoint is no farther than the opening of the oldest delivery that is to be sent, so that
 * a start reads all events of the open ones, and few of those that have ended or are parked.
 */
export function createDeliveryFollower(options: FollowOptions): DeliveryFollower {
  const { log, clock, store, index, categories, change, stopping } = options;
  const maxOpen = options.maxOpen ?? MAX_OPEN;
  const mark = createLowWaterMark(log, store);
  /** The place right before the opening of each open delivery. */
  const openedAfter = new WeakMap<DueEntry, Place>();
  /** The last event of a delivery. */
  let at = BEGINNING;
  /** How far the log was read: past events of others as well, however many there are. */
  let reached = at.position;
  /** Right before the first opening that did not fit. */
  let overflowAfter: Place | undefined;
  let isInOrder = true;
  let unsaved = 0;

  function apply(event: RecordedEvent): void {
    const found = change(event);
    if (!found) return;
    if (found.change.kind === 'opened' && index.size >= maxOpen) {
      overflowAfter ??= at;
      return;
    }
    const opened = index.apply(event, found.ref, found.change);
    if (opened) openedAfter.set(opened, at);
  }

  /** The first entry is the oldest one, until openings that did not fit are read again. */
  function lowest(): Place {
    let place = overflowAfter ? earlier(overflowAfter, at) : at;
    for (const entry of index.entries()) {
      place = earlier(openedAfter.get(entry) ?? at, place);
      if (isInOrder) break;
    }
    return place;
  }

  async function takePage(): Promise<boolean> {
    const page = await log.readAll({ after: reached, limit: PAGE, categories });
    for (const event of page.events) {
      apply(event);
      at = { position: event.position, eventId: event.id };
      unsaved += 1;
    }
    reached = page.position;
    return page.atHead;
  }

  return {
    async open() {
      at = await mark.open();
      reached = at.position;
      if (at === BEGINNING || !options.parkedBefore) return;
      for await (const parked of options.parkedBefore(at.position)) index.addParked(parked);
    },
    async takeAll() {
      if (overflowAfter && index.size < maxOpen / 2) {
        at = overflowAfter;
        reached = at.position;
        overflowAfter = undefined;
        isInOrder = false;
      }
      for (let atHead = false; !atHead && !stopping.aborted;) {
        atHead = await takePage();
        if (unsaved >= SAVE_EVERY) {
          unsaved = 0;
          await mark.save(lowest());
        }
        // Between two pages of a long log, other work runs.
        if (!atHead) await clock.sleep(0, stopping);
      }
    },
  };
}
