import fc from 'fast-check';

import {
  availableOf,
  MAX_RESERVATIONS,
  placeOf,
  type StockCommand,
  stockDecider,
  stockDeciderWith,
  type StockEvent,
  stockId,
  type StockState,
} from '../../../src/domain/inventory/index.ts';
import { DomainError } from '../../../src/domain/kernel/errors.ts';
import { plusMs } from '../../../src/domain/kernel/instant.ts';
import { CONTEXT, given } from '../../support/decider.ts';

const PLACE = { productId: 'product-1', locationId: 'main' };
const AT = { entityId: stockId(PLACE, 1) };
const SOON = '2025-03-10T12:15:00.000Z';
const LATER = { ...AT, now: SOON };
const negative = stockDeciderWith({ policy: 'negative-allowed' });

const replenished = (quantity: number, onHand = quantity): StockEvent => ({
  type: 'StockReplenished',
  data: { ...PLACE, quantity, onHand, reserved: 0 },
});
const reserved = (reservationId: string, quantity: number, onHand: number, sum = quantity) =>
  ({
    type: 'StockReserved',
    data: { ...PLACE, reservationId, quantity, expiresAt: SOON, onHand, reserved: sum },
  }) as const satisfies StockEvent;
const released = (reservationId: string, quantity: number, onHand: number, sum: number) =>
  ({
    type: 'ReservationReleased',
    data: { ...PLACE, reservationId, quantity, reason: 'expired', onHand, reserved: sum },
  }) as const satisfies StockEvent;
const reserve = (reservationId: string, quantity: number): StockCommand => ({
  type: 'Reserve',
  data: { reservationId, quantity },
});
const confirm = (reservationId: string): StockCommand => ({
  type: 'Confirm',
  data: { reservationId },
});
const release = (reservationId: string, reason: 'cancelled' | 'expired'): StockCommand => ({
  type: 'Release',
  data: { reservationId, reason },
});

describe('A stock', () => {
  it('grows by what comes in', () => {
    given(stockDecider, [])
      .when({ type: 'Replenish', data: { quantity: 5 } }, AT)
      .then([replenished(5)]);
  });

  it('reserves what is available, for 15 minutes by default', () => {
    given(stockDecider, [replenished(5)])
      .when(reserve('r1', 3), AT)
      .then([reserved('r1', 3, 5)]);
  });

  it('refuses more than is available, and names how much is', () => {
    const held = given(stockDecider, [replenished(5), reserved('r1', 3, 5)]);
    const { details } = held.when(reserve('r2', 3), AT).thenRefused('insufficient_stock');
    expect(details).toEqual({ ...PLACE, requested: 3, available: 2, onHand: 5, reserved: 3 });
  });

  it('lowers what is on hand when a reservation is confirmed, once', () => {
    const confirmed: StockEvent = {
      type: 'ReservationConfirmed',
      data: { ...PLACE, reservationId: 'r1', quantity: 3, onHand: 2, reserved: 0 },
    };
    const before = [replenished(5), reserved('r1', 3, 5)];
    given(stockDecider, before).when(confirm('r1'), AT).then([confirmed]);
    const after = given(stockDecider, [...before, confirmed]);
    after.when(confirm('r1'), AT).thenRefused('reservation_ended');
    after.when(release('r1', 'cancelled'), AT).thenRefused('reservation_ended');
    after.when(reserve('r1', 1), AT).thenRefused('reservation_exists');
  });

  it('releases a reservation once; a second release changes nothing, and is recorded', () => {
    const event = released('r1', 3, 5, 0);
    const cancelled: StockEvent = { ...event, data: { ...event.data, reason: 'cancelled' } };
    const before = [replenished(5), reserved('r1', 3, 5)];
    given(stockDecider, before).when(release('r1', 'cancelled'), AT).then([cancelled]);
    given(stockDecider, [...before, cancelled])
      .when(release('r1', 'cancelled'), AT)
      .then([
        {
          type: 'ReservationReleaseRepeated',
          data: { ...PLACE, reservationId: 'r1', onHand: 5, reserved: 0 },
        },
      ]);
  });

  it('knows how reservations ended also once their period is closed', () => {
    const carried = { ...PLACE, onHand: 5, reserved: 0, period: 1, reservations: [] };
    const closed = given(stockDecider, [
      replenished(5),
      reserved('r1', 3, 5),
      released('r1', 3, 5, 0),
      { type: 'StockPeriodClosed', data: carried },
    ]);
    closed.when(release('r1', 'cancelled'), AT).then([]);
    closed.when(confirm('r1'), AT).thenRefused('reservation_ended');
    closed.when(reserve('r1', 1), AT).thenRefused('reservation_exists');
    closed.when(reserve('r2', 1), AT).thenRefused('contention');
  });

  it('does not release by the time limit before its time', () => {
    given(stockDecider, [replenished(5), reserved('r1', 3, 5)])
      .when(release('r1', 'expired'), AT)
      .thenRefused('reservation_not_expired');
  });

  it('counts an expired reservation as released in every decision', () => {
    const before = [replenished(5), reserved('r1', 3, 5)];
    given(stockDecider, before)
      .when(release('r1', 'expired'), LATER)
      .then([released('r1', 3, 5, 0)]);
    given(stockDecider, before).when(confirm('r1'), LATER).thenRefused('reservation_ended');
    const again = reserved('r2', 5, 5);
    const expiresAt = plusMs(SOON, 900_000);
    given(stockDecider, before)
      .when(reserve('r2', 5), LATER)
      .then([released('r1', 3, 5, 0), { ...again, data: { ...again.data, expiresAt } }]);
  });

  it('knows no reservation that was never made', () => {
    given(stockDecider, []).when(confirm('r1'), AT).thenRefused('reservation_not_found');
    given(stockDecider, []).when(confirm('constructor'), AT).thenRefused('reservation_not_found');
  });

  it('is not corrected below what is reserved', () => {
    const before = [replenished(5), reserved('r1', 3, 5)];
    const adjust = (change: number): StockCommand => ({
      type: 'Adjust',
      data: { change, reason: 'Counted' },
    });
    given(stockDecider, before).when(adjust(-3), AT).thenRefused('insufficient_stock');
    given(stockDecider, before).when(adjust(0), AT).thenRefused('invalid_request');
    given(stockDecider, before)
      .when(adjust(-2), AT)
      .then([
        {
          type: 'StockAdjusted',
          data: { ...PLACE, change: -2, reason: 'Counted', onHand: 3, reserved: 3 },
        },
      ]);
  });

  it('goes below 0 where that is allowed, always with an alert', () => {
    given(negative, [replenished(1)])
      .when(reserve('r1', 3), AT)
      .then([
        reserved('r1', 3, 1),
        { type: 'StockWentNegative', data: { ...PLACE, available: -2 } },
      ]);
  });

  it('raises an alert when it falls to its threshold, and not again while it is there', () => {
    const set: StockEvent = { type: 'LowStockThresholdSet', data: { ...PLACE, threshold: 2 } };
    const low: StockEvent = {
      type: 'StockFellLow',
      data: { ...PLACE, available: 2, threshold: 2 },
    };
    given(stockDecider, [replenished(5), set])
      .when(reserve('r1', 3), AT)
      .then([reserved('r1', 3, 5), low]);
    given(stockDecider, [replenished(5), set, reserved('r1', 3, 5), low])
      .when(reserve('r2', 1), AT)
      .then([reserved('r2', 1, 5, 4)]);
    given(stockDecider, [replenished(2)])
      .when({ type: 'SetThreshold', data: { threshold: 2 } }, AT)
      .then([set, low]);
  });

  it('moves to another place what is available', () => {
    const out = { transferId: 't1', toLocationId: 'airport', quantity: 2 };
    given(stockDecider, [replenished(5)])
      .when({ type: 'TransferOut', data: out }, AT)
      .then([{ type: 'StockTransferredOut', data: { ...PLACE, ...out, onHand: 3, reserved: 0 } }]);
    given(stockDecider, [replenished(1)])
      .when({ type: 'TransferOut', data: out }, AT)
      .thenRefused('insufficient_stock');
    const into = { transferId: 't1', fromLocationId: 'airport', quantity: 2 };
    given(stockDecider, [])
      .when({ type: 'TransferIn', data: into }, AT)
      .then([{ type: 'StockTransferredIn', data: { ...PLACE, ...into, onHand: 2, reserved: 0 } }]);
  });

  it('is continued in the next period with what there was', () => {
    const carried = {
      ...PLACE,
      onHand: 5,
      reserved: 3,
      period: 1,
      reservations: [{ reservationId: 'r1', quantity: 3, expiresAt: SOON }],
    };
    const closed: StockEvent = { type: 'StockPeriodClosed', data: carried };
    const before = [replenished(5), reserved('r1', 3, 5)];
    given(stockDecider, before).when({ type: 'ClosePeriod', data: {} }, AT).then([closed]);
    const { details } = given(stockDecider, [...before, closed])
      .when(confirm('r1'), AT)
      .thenRefused('contention');
    expect(details).toEqual({ nextPeriod: 2 });
    const opened: StockEvent = { type: 'StockPeriodOpened', data: { ...carried, period: 2 } };
    const next = { entityId: stockId(PLACE, 2) };
    given(stockDecider, []).when({ type: 'OpenPeriod', data: opened.data }, next).then([opened]);
    given(stockDecider, [opened])
      .when(confirm('r1'), next)
      .then([
        {
          type: 'ReservationConfirmed',
          data: { ...PLACE, reservationId: 'r1', quantity: 3, onHand: 2, reserved: 0 },
        },
      ]);
  });

  it('holds a limited number of reservations', () => {
    const reservations = Array.from({ length: MAX_RESERVATIONS }, (_, i) => ({
      reservationId: `r${i}`,
      quantity: 1,
      expiresAt: SOON,
    }));
    const opened: StockEvent = {
      type: 'StockPeriodOpened',
      data: { ...PLACE, onHand: 9, reserved: MAX_RESERVATIONS, period: 1, reservations },
    };
    given(negative, [opened]).when(reserve('one more', 1), AT).thenRefused('too_many_reservations');
  });

  it('is named by period, place and product, whatever the product is called', () => {
    const place = { productId: 'a:b\n:c', locationId: 'air-port_1' };
    expect(placeOf(stockId(place, 12))).toEqual({ ...place, period: 12 });
  });
});

interface Step {
  readonly command: StockCommand;
  readonly afterMs: number;
}

const id = fc.constantFrom('r1', 'r2', 'r3', 'r4');
const units = fc.integer({ min: 1, max: 6 });
const command: fc.Arbitrary<StockCommand> = fc.oneof(
  units.map((quantity): StockCommand => ({ type: 'Replenish', data: { quantity } })),
  fc
    .integer({ min: -5, max: 5 })
    .map((change): StockCommand => ({ type: 'Adjust', data: { change, reason: 'Counted' } })),
  fc.tuple(id, units).map(([name, quantity]): StockCommand => ({
    type: 'Reserve',
    data: { reservationId: name, quantity, expiresInSeconds: 60 },
  })),
  id.map(confirm),
  id.map((reservationId): StockCommand => ({
    type: 'Renew',
    data: { reservationId, expiresInSeconds: 90 },
  })),
  fc.constant<StockCommand>({ type: 'ReleaseExpired', data: {} }),
  fc.tuple(id, fc.constantFrom('cancelled', 'expired')).map(([name, why]) => release(name, why)),
  fc
    .option(fc.integer({ min: 0, max: 5 }))
    .map((threshold): StockCommand => ({ type: 'SetThreshold', data: { threshold } })),
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ command, afterMs: fc.integer({ min: 0, max: 40_000 }) }),
  { maxLength: 60 },
);

/** The state and events after each step that was accepted. */
function play(all: readonly Step[], decider: typeof stockDecider) {
  let state: StockState = decider.initialState;
  let now = CONTEXT.now;
  const accepted: { state: StockState; before: StockState; events: readonly StockEvent[] }[] = [];
  for (const { command: asked, afterMs } of all) {
    now = plusMs(now, afterMs);
    const before = state;
    try {
      const events = decider.decide(asked, state, { ...CONTEXT, ...AT, now });
      state = events.reduce((sum, event) => decider.evolve(sum, event), state);
      accepted.push({ state, before, events });
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      expect(error instanceof DomainError || 'kind' in error).toBe(true);
    }
  }
  return accepted;
}

function movementOf(event: StockEvent): number {
  switch (event.type) {
    case 'StockReplenished':
    case 'StockTransferredIn':
      return event.data.quantity;
    case 'StockAdjusted':
      return event.data.change;
    case 'ReservationConfirmed':
    case 'StockTransferredOut':
      return -event.data.quantity;
    default:
      return 0;
  }
}

describe('The end of a reservation', () => {
  const renew = (reservationId: string, expiresInSeconds: number): StockCommand => ({
    type: 'Renew',
    data: { reservationId, expiresInSeconds },
  });
  const held = [replenished(5), reserved('r1', 3, 5)];

  it('is later after it was renewed, and never earlier', () => {
    const expiresAt = plusMs(CONTEXT.now, 3_600_000);
    given(stockDecider, held)
      .when(renew('r1', 3_600), AT)
      .then([
        {
          type: 'ReservationRenewed',
          data: { ...PLACE, reservationId: 'r1', expiresAt, onHand: 5, reserved: 3 },
        },
      ]);
    given(stockDecider, held).when(renew('r1', 1), AT).then([]);
  });

  it('cannot be moved once it is over, or without a reservation', () => {
    given(stockDecider, held).when(renew('r1', 60), LATER).thenRefused('reservation_ended');
    given(stockDecider, held).when(renew('r2', 60), AT).thenRefused('reservation_not_found');
  });

  it('is recorded when somebody looks, and only then', () => {
    const look: StockCommand = { type: 'ReleaseExpired', data: {} };
    given(stockDecider, held).when(look, AT).then([]);
    given(stockDecider, held)
      .when(look, LATER)
      .then([released('r1', 3, 5, 0)]);
  });
});

describe('Any history of a stock', () => {
  it('has on hand the sum of its movements, and reserved the sum of its reservations', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (all, mayBeNegative) => {
        let sum = 0;
        for (const { state, events } of play(all, mayBeNegative ? negative : stockDecider)) {
          for (const event of events) sum += movementOf(event);
          expect(state.onHand).toBe(sum);
          const held = state.reservations.reduce((total, { quantity }) => total + quantity, 0);
          expect(state.reserved).toBe(held);
          if (!mayBeNegative) expect(availableOf(state)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('raises an alert with every decision that lowers what is available below 0', () => {
    fc.assert(
      fc.property(steps, (all) => {
        for (const { before, state, events } of play(all, negative)) {
          const lowered = availableOf(state) < availableOf(before) && availableOf(state) < 0;
          if (lowered) expect(events.map(({ type }) => type)).toContain('StockWentNegative');
        }
      }),
    );
  });
});
