import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { StockPolicy } from '../catalog/index.ts';
import type { CommandContext, Decider } from '../kernel/decider.ts';
import { ConflictError, DomainError, NotFoundError } from '../kernel/errors.ts';
import { plusMs } from '../kernel/instant.ts';
import { unreachable } from '../kernel/invariant.ts';
import { RESERVED_SECONDS, type StockCommand, stockCommands } from './commands.ts';
import { endOf } from './ended-reservations.ts';
import {
  MAX_RELEASES,
  MAX_RESERVATIONS,
  MAX_UNITS,
  type Reservation,
  type StockEvent,
} from './events.ts';
import { availableOf, evolveStock, noStock, type StockState } from './state.ts';
import { placeOf, type StockPlace } from './stock-id.ts';

/** What a decision about a stock knows of its product. */
export interface StockFacts {
  readonly policy: Exclude<StockPolicy, 'none'>;
}

interface Situation {
  /** The stock once the reservations whose time is over are released. */
  readonly state: StockState;
  /** Those reservations: this decision releases them. */
  readonly releasedNow: ReadonlySet<string>;
  readonly place: StockPlace;
  readonly now: string;
  readonly facts: StockFacts;
}

const MS_PER_SECOND = 1_000;

/**
 * Decides a command to the stock of a product in one place. A reservation whose time is over counts
 * as released: the decision releases it before anything else.
 * @throws NotFoundError reservation_not_found.
 * @throws DomainError insufficient_stock, reservation_exists, reservation_ended,
 *   reservation_not_expired, too_many_reservations, amount_out_of_range.
 * @throws ConflictError contention, with the next period, for a period that is closed; with their
 *   number, when more reservations than one decision releases must be released before.
 */
function decide(
  command: StockCommand,
  before: StockState,
  { entityId, now }: CommandContext,
  facts: StockFacts,
): readonly StockEvent[] {
  const { period, ...place } = placeOf(entityId);
  if (before.status === 'closed') return decideClosed(command, before, period);
  if (command.type === 'OpenPeriod') {
    if (before.status !== 'none') return [];
    const { reservations, ...rest } = command.data;
    const data = { ...rest, reservations: [...reservations] };
    return [{ type: 'StockPeriodOpened', data }];
  }
  if (command.type === 'ClosePeriod') {
    return [{ type: 'StockPeriodClosed', data: carry(before, place, period) }];
  }
  const expired = before.reservations.filter((each) => isExpired(each, now));
  if (expired.length > MAX_RELEASES && command.type !== 'ReleaseExpired') {
    const message = `expected at most ${MAX_RELEASES} reservations to release before a command`;
    throw new ConflictError('contention', message, { toRelease: expired.length });
  }
  const releasing = expired.slice(0, MAX_RELEASES);
  const { releases, releasedNow, state } = releaseExpired(before, place, releasing);
  const decided = decideOpen(command, { state, releasedNow, place, now, facts });
  return [...releases, ...decided, ...alerts(state, decided, place)];
}

/** A closed period still knows the reservations that ended in it; all else is for the next one. */
function decideClosed(command: StockCommand, state: StockState, period: number): readonly [] {
  const { reservationId } = { reservationId: '', ...command.data };
  const end = endOf(state.ended, reservationId);
  if (end === undefined) {
    const details = { nextPeriod: period + 1 };
    throw new ConflictError('contention', `period ${period} of the stock is closed`, details);
  }
  if (command.type === 'Reserve') throw knownAlready(reservationId);
  // Without an event: nothing can change it any more, so a repeat ends in the same way.
  if (command.type === 'Release' && end !== 'confirmed') return [];
  throw notHeld(state, reservationId);
}

function carry(state: StockState, place: StockPlace, period: number) {
  const { onHand, reserved, reservations, threshold } = state;
  const low = threshold === null ? {} : { threshold };
  return { ...place, onHand, reserved, period, reservations: [...reservations], ...low };
}

/** Releases of some reservations whose time is over, and the stock after them. */
function releaseExpired(before: StockState, place: StockPlace, expired: readonly Reservation[]) {
  let state = before;
  const releases: StockEvent[] = [];
  for (const reservation of expired) {
    const release = released(state, place, reservation, 'expired');
    releases.push(release);
    state = evolveStock(state, release);
  }
  const releasedNow = new Set(expired.map(({ reservationId }) => reservationId));
  return { releases, releasedNow, state };
}

function isExpired({ expiresAt }: Reservation, now: string): boolean {
  return expiresAt <= now;
}

function released(
  { onHand, reserved }: StockState,
  place: StockPlace,
  { reservationId, quantity }: Reservation,
  reason: 'expired' | 'cancelled',
): StockEvent {
  const levels = { onHand, reserved: reserved - quantity };
  return {
    type: 'ReservationReleased',
    data: { ...place, reservationId, quantity, reason, ...levels },
  };
}

type OpenCommand = Exclude<StockCommand, { type: 'OpenPeriod' | 'ClosePeriod' }>;

function decideOpen(command: OpenCommand, situation: Situation): readonly StockEvent[] {
  const { state, place } = situation;
  const { onHand, reserved } = state;
  switch (command.type) {
    case 'Replenish': {
      const { quantity, reference } = command.data;
      const levels = { onHand: within(onHand + quantity), reserved };
      const data = { ...place, quantity, ...omitUndefined({ reference }), ...levels };
      return [{ type: 'StockReplenished', data }];
    }
    case 'Adjust': {
      const { change, reason } = command.data;
      if (change === 0) {
        throw new DomainError('invalid_request', 'expected a change that is not 0, found 0', {
          field: 'change',
        });
      }
      if (change < 0) assertAvailable(situation, -change);
      const levels = { onHand: within(onHand + change), reserved };
      return [{ type: 'StockAdjusted', data: { ...place, change, reason, ...levels } }];
    }
    case 'TransferOut': {
      const { quantity } = command.data;
      assertAvailable(situation, quantity);
      const levels = { onHand: within(onHand - quantity), reserved };
      return [{ type: 'StockTransferredOut', data: { ...place, ...command.data, ...levels } }];
    }
    case 'TransferIn': {
      const levels = { onHand: within(onHand + command.data.quantity), reserved };
      return [{ type: 'StockTransferredIn', data: { ...place, ...command.data, ...levels } }];
    }
    case 'SetThreshold': {
      const { threshold } = command.data;
      const data = { ...place, ...(threshold !== null && { threshold }) };
      return [{ type: 'LowStockThresholdSet', data }];
    }
    case 'Reserve':
      return reserve(command.data, situation);
    case 'Renew':
      return renew(command.data, situation);
    case 'ReleaseExpired':
      return [];
    case 'Confirm':
      return confirm(command.data.reservationId, situation);
    case 'Release':
      return release(command.data, situation);
    default:
      return unreachable(command);
  }
}

/** @throws DomainError insufficient_stock where the stock may not become negative. */
function assertAvailable({ state, place, facts }: Situation, requested: number): void {
  const available = availableOf(state);
  if (facts.policy === 'negative-allowed' || requested <= available) return;
  const { onHand, reserved } = state;
  const where = `${place.productId} in ${place.locationId}`;
  const message = `expected at most ${available} available units of ${where}, found ${requested}`;
  const details = { ...place, requested, available, onHand, reserved };
  throw new DomainError('insufficient_stock', message, details);
}

/** @throws DomainError amount_out_of_range. */
function within(level: number): number {
  if (Math.abs(level) <= MAX_UNITS) return level;
  const message = `expected a stock within ±${MAX_UNITS} units, found ${level}`;
  throw new DomainError('amount_out_of_range', message, { maximum: MAX_UNITS, found: level });
}

function reserve(
  { reservationId, quantity, expiresInSeconds = RESERVED_SECONDS }: Reserve,
  situation: Situation,
): readonly StockEvent[] {
  const { state, place, now } = situation;
  const { onHand, reserved, reservations, ended } = state;
  const isHeld = reservations.some((each) => each.reservationId === reservationId);
  if (isHeld || endOf(ended, reservationId)) throw knownAlready(reservationId);
  if (reservations.length >= MAX_RESERVATIONS) {
    const message = `expected fewer than ${MAX_RESERVATIONS} reservations at a time`;
    throw new DomainError('too_many_reservations', message, { maximum: MAX_RESERVATIONS });
  }
  assertAvailable(situation, quantity);
  const expiresAt = plusMs(now, expiresInSeconds * MS_PER_SECOND);
  const levels = { onHand, reserved: within(reserved + quantity) };
  const data = { ...place, reservationId, quantity, expiresAt, ...levels };
  return [{ type: 'StockReserved', data }];
}

function knownAlready(reservationId: string): DomainError {
  const message = `reservation ${reservationId} exists already`;
  return new DomainError('reservation_exists', message, { reservationId });
}

type Reserve = Extract<StockCommand, { type: 'Reserve' }>['data'];

function renew(
  { reservationId, expiresInSeconds }: Extract<StockCommand, { type: 'Renew' }>['data'],
  { state, place, now }: Situation,
): readonly StockEvent[] {
  const held = state.reservations.find((each) => each.reservationId === reservationId);
  if (!held) throw notHeld(state, reservationId);
  const expiresAt = plusMs(now, expiresInSeconds * MS_PER_SECOND);
  if (expiresAt <= held.expiresAt) return [];
  const { onHand, reserved } = state;
  const data = { ...place, reservationId, expiresAt, onHand, reserved };
  return [{ type: 'ReservationRenewed', data }];
}

function confirm(id: string, { state, place }: Situation): readonly StockEvent[] {
  const found = state.reservations.find(({ reservationId }) => reservationId === id);
  if (!found) throw notHeld(state, id);
  const { reservationId, quantity } = found;
  const levels = { onHand: state.onHand - quantity, reserved: state.reserved - quantity };
  return [{ type: 'ReservationConfirmed', data: { ...place, reservationId, quantity, ...levels } }];
}

function release(
  { reservationId: id, reason }: Extract<StockCommand, { type: 'Release' }>['data'],
  { state, place, releasedNow }: Situation,
): readonly StockEvent[] {
  const found = state.reservations.find(({ reservationId }) => reservationId === id);
  if (!found) {
    if (!isReleased(state, id)) throw notHeld(state, id);
    // A decision that leaves no event is made again for a repeat, and could then end differently.
    if (releasedNow.has(id)) return [];
    const { onHand, reserved } = state;
    const data = { ...place, reservationId: id, onHand, reserved };
    return [{ type: 'ReservationReleaseRepeated', data }];
  }
  if (reason === 'expired') {
    const message = `reservation ${id} holds until ${found.expiresAt}`;
    throw new DomainError('reservation_not_expired', message, { expiresAt: found.expiresAt });
  }
  return [released(state, place, found, reason)];
}

function isReleased({ ended }: StockState, id: string): boolean {
  const end = endOf(ended, id);
  return end !== undefined && end !== 'confirmed';
}

function notHeld({ ended }: StockState, reservationId: string): Error {
  const outcome = endOf(ended, reservationId);
  if (outcome === undefined) {
    const message = `there is no reservation ${reservationId}`;
    return new NotFoundError('reservation_not_found', message, { reservationId });
  }
  const message = `reservation ${reservationId} was ${outcome}`;
  return new DomainError('reservation_ended', message, { reservationId, outcome });
}

/** What people must know of: a stock below 0, and one that has fallen to its threshold. */
function alerts(
  before: StockState,
  decided: readonly StockEvent[],
  place: StockPlace,
): readonly StockEvent[] {
  const after = decided.reduce(evolveStock, before);
  const [was, available] = [availableOf(before), availableOf(after)];
  const { threshold } = after;
  const found: StockEvent[] = [];
  if (available < 0 && available < was) {
    found.push({ type: 'StockWentNegative', data: { ...place, available } });
  }
  const wasLow = before.threshold !== null && was <= before.threshold;
  if (threshold !== null && available <= threshold && !wasLow) {
    found.push({ type: 'StockFellLow', data: { ...place, available, threshold } });
  }
  return found;
}

/** The stock of a product in one place, by its product's policy. */
export function stockDeciderWith(facts: StockFacts): Decider<StockState, StockCommand, StockEvent> {
  return {
    category: 'stock',
    version: 4,
    initialState: noStock,
    commands: stockCommands,
    decide: (command, state, context) => decide(command, state, context, facts),
    evolve: evolveStock,
  };
}

/** The rules of a stock that is never negative. */
export const stockDecider = stockDeciderWith({ policy: 'tracked' });
