import type { PeriodStatus } from '../kernel/period-status.ts';
import { type EndedReservations, type ReservationEnd, withEnd } from './ended-reservations.ts';
import type { Reservation, StockEvent, StockPeriod } from './events.ts';

/** One period of the stock of a product in one place. Plain JSON: it is kept in snapshots. */
export interface StockState {
  readonly status: PeriodStatus;
  readonly onHand: number;
  readonly reserved: number;
  readonly threshold: number | null;
  /** Reservations that hold, or that have expired and are not released yet. */
  readonly reservations: readonly Reservation[];
  /** How the reservations of this period ended. */
  readonly ended: EndedReservations;
  /** What the next period starts with. */
  readonly carried: StockPeriod | null;
}

export const noStock: StockState = {
  status: 'none',
  onHand: 0,
  reserved: 0,
  threshold: null,
  reservations: [],
  ended: {},
  carried: null,
};

export function availableOf({ onHand, reserved }: Pick<StockState, 'onHand' | 'reserved'>): number {
  return onHand - reserved;
}

/** When the first of some reservations ends; undefined for none. */
export function nextEnd(reservations: readonly Reservation[]): string | undefined {
  return reservations.map(({ expiresAt }) => expiresAt).sort()[0];
}

export function evolveStock(state: StockState, event: StockEvent): StockState {
  switch (event.type) {
    case 'StockFellLow':
    case 'StockWentNegative':
      return { ...state, status: 'open' };
    case 'LowStockThresholdSet':
      return { ...state, status: 'open', threshold: event.data.threshold ?? null };
    case 'StockPeriodClosed':
      return { ...state, status: 'closed', carried: event.data };
    case 'StockPeriodOpened': {
      const { onHand, reserved, reservations, threshold = null } = event.data;
      return { ...noStock, status: 'open', onHand, reserved, reservations, threshold };
    }
    default:
      return { ...withReservation(state, event), status: 'open', ...levelsOf(event.data) };
  }
}

function levelsOf({ onHand, reserved }: { onHand: number; reserved: number }) {
  return { onHand, reserved };
}

function withReservation(state: StockState, event: StockEvent): StockState {
  switch (event.type) {
    case 'StockReserved': {
      const { reservationId, quantity, expiresAt } = event.data;
      const reservation = { reservationId, quantity, expiresAt };
      return { ...state, reservations: [...state.reservations, reservation] };
    }
    case 'ReservationRenewed': {
      const { reservationId, expiresAt } = event.data;
      const reservations = state.reservations.map((each) =>
        each.reservationId === reservationId ? { ...each, expiresAt } : each,
      );
      return { ...state, reservations };
    }
    case 'ReservationReleased':
      return ended(state, event.data.reservationId, event.data.reason);
    case 'ReservationConfirmed':
      return ended(state, event.data.reservationId, 'confirmed');
    default:
      return state;
  }
}

function ended(state: StockState, id: string, end: ReservationEnd): StockState {
  return {
    ...state,
    reservations: state.reservations.filter(({ reservationId }) => reservationId !== id),
    ended: withEnd(state.ended, id, end),
  };
}
