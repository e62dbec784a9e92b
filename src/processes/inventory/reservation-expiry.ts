import { releaseExpired } from '../../commands/inventory/stock.ts';
import { nextEnd, type StockEvent } from '../../domain/inventory/index.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { shortHash } from '../../domain/kernel/fingerprint.ts';
import { formatInstant, parseInstant } from '../../domain/kernel/instant.ts';
import { partsOf } from '../../domain/kernel/names.ts';
import type {
  DurableProcess,
  ProcessInput,
  Reaction,
  ReactionContext,
  StepHandler,
} from '../../engine/processes/durable/durable-process.ts';
import { durable } from '../../engine/processes/durable/open-durable.ts';
import { sequenceOf } from '../../engine/processes/durable/step-sequence.ts';

/** What it remembers of one period of a stock. */
export type ExpiryState = {
  readonly stockId: string;
  /** When its timer fires; empty: none is set. */
  readonly dueAt: string;
  /** How often it was carried out; a step's name is used once. */
  readonly releases: number;
};

/** Ends that follow one another so closely are released together. */
const MIN_PAUSE_MS = 1_000;
/** With the name of the process, an instance is part of the name of a stream. */
const MAX_INSTANCE_LENGTH = 160;
/** Until it is tried again after a refusal: reservations whose time is over stay otherwise. */
const AFTER_REFUSAL_MS = 600_000;
const TIMER = 'end';

function stockOf({ stream }: RecordedEvent): string {
  return partsOf(stream).parts[0] ?? '';
}

function instanceOf(event: RecordedEvent): string {
  const id = stockOf(event);
  return id.length <= MAX_INSTANCE_LENGTH ? id : `${id.slice(0, 100)}~${shortHash(id)}`;
}

/** When the reservation of an event ends. */
function endIn(event: StockEvent): string | undefined {
  switch (event.type) {
    case 'StockReserved':
    case 'ReservationRenewed':
      return event.data.expiresAt;
    case 'StockPeriodOpened':
      return nextEnd(event.data.reservations);
    default:
      return undefined;
  }
}

/** A timer for the first end of all: those of later ends are known when it fires. */
export function reactToReservations(
  state: ExpiryState,
  input: ProcessInput,
  { nowMs }: Pick<ReactionContext, 'nowMs'>,
): Reaction<ExpiryState> | undefined {
  switch (input.kind) {
    case 'event': {
      const end = endIn(input.event as unknown as StockEvent);
      if (end === undefined || (state.dueAt !== '' && state.dueAt <= end)) return undefined;
      const stockId = stockOf(input.event);
      return waiting({ ...state, stockId }, Math.max(nowMs, parseInstant(end) ?? 0), nowMs);
    }
    case 'timer': {
      const releases = state.releases + 1;
      return {
        state: { ...state, dueAt: '', releases },
        stage: 'releasing',
        steps: [{ step: `release ${releases}`, kind: 'release', data: { stockId: state.stockId } }],
      };
    }
    case 'accepted':
      return released(state, input.result['nextEnd'], nowMs);
    case 'refused':
      return refused(state, input.code, nowMs);
    case 'cancel':
      return undefined;
  }
}

function waiting(state: ExpiryState, dueMs: number, nowMs: number): Reaction<ExpiryState> {
  return {
    state: { ...state, dueAt: formatInstant(dueMs) },
    stage: 'waiting',
    waitsFor: 'the first reservation to end',
    setTimers: [{ name: TIMER, afterMs: dueMs - nowMs }],
  };
}

/** It goes on: with the timer that a later event has set, or with a new one. */
function refused(state: ExpiryState, code: string, nowMs: number): Reaction<ExpiryState> {
  const stage = `refused: ${code}`;
  if (state.dueAt !== '') return { state, stage };
  return { ...waiting(state, nowMs + AFTER_REFUSAL_MS, nowMs), stage };
}

function released(state: ExpiryState, nextEnd: unknown, nowMs: number): Reaction<ExpiryState> {
  const known = [nextEnd, state.dueAt].filter((end) => typeof end === 'string' && end !== '');
  const [first] = known.sort() as string[];
  if (first === undefined) return { state, stage: 'nothing reserved', ended: 'completed' };
  // A timer that is set already keeps its moment: its name and time are what makes it fire once.
  if (first === state.dueAt) return { state, stage: 'waiting' };
  return waiting(state, Math.max(nowMs + MIN_PAUSE_MS, parseInstant(first) ?? 0), nowMs);
}

const NAME = 'reservations';

const release: StepHandler = async (request, services) => {
  const sequence = sequenceOf(NAME, request, services);
  const next = await releaseExpired(sequence, String(request.data['stockId']));
  return next === undefined ? {} : { nextEnd: next };
};

const definition: DurableProcess<ExpiryState> = {
  name: NAME,
  categories: ['stock'],
  eventTypes: ['StockReserved', 'ReservationRenewed', 'StockPeriodOpened'],
  correlate: instanceOf,
  initialState: { stockId: '', dueAt: '', releases: 0 },
  react: reactToReservations,
  handlers: { release },
};

/**
 * Releases reservations at their time limit. Decisions count them as released from that moment on;
 * this records it, for read models and for whatever else follows the events. One instance per
 * period of a stock, with one timer: it costs nothing to confirm a reservation in time.
 */
export const reservationExpiry = durable(definition);
