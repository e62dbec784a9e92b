import { placeAt, releaseExpired } from '../../../src/commands/inventory/stock.ts';
import {
  MAX_RESERVATIONS,
  PERIOD_EVENTS,
  type StockEvent,
  stockId,
} from '../../../src/domain/inventory/index.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import { reservationExpiry } from '../../../src/processes/inventory/reservation-expiry.ts';
import { createStockWorld, STORE } from '../../processes/inventory/stock-world.ts';

/** Events of one append. */
const BATCH = 500;
const PLACE = placeAt('beans');
const ENDS = '2025-01-01T00:10:00.000Z';
const AFTER_MS = 600_000;
/** As long as a shop may name an order. */
const idOf = (i: number) => `order-${i}`.padEnd(120, 'x');
const periodStream = (period: number) => streamName('stock', STORE, stockId(PLACE, period));

/** A stock with so many reservations, whose first period has so many events. */
async function openWorld(reserved: number, eventCount: number) {
  const world = await createStockWorld(reservationExpiry, MAX_RESERVATIONS);
  const onHand = MAX_RESERVATIONS;
  const reservations = Array.from({ length: reserved }, (_, i) => ({
    reservationId: idOf(i),
    quantity: 1,
    expiresAt: ENDS,
  }));
  const levels = { ...PLACE, onHand, reserved };
  const first: StockEvent = {
    type: 'StockPeriodOpened',
    data: { ...levels, period: 1, reservations },
  };
  const more: StockEvent = {
    type: 'StockAdjusted',
    data: { ...levels, change: 0, reason: 'Counted' },
  };
  const events = Array.from({ length: eventCount - 1 }, (_, i) => (i === 0 ? first : more));
  for (let from = 0; from < events.length; from += BATCH) {
    await world.appendTo(periodStream(1), events.slice(from, from + BATCH));
  }
  expect(world.streamOf(periodStream(1))).toHaveLength(eventCount);
  const add = (id: string) => world.ask(id, { type: 'Replenish', data: { quantity: 1 } });
  return { ...world, add };
}

describe('many reservations that end together', () => {
  it('are released before the next command, in several decisions', async () => {
    const world = await openWorld(MAX_RESERVATIONS, 2);
    await world.clock.advance(AFTER_MS);
    const { state } = await world.add('next');
    expect(state).toMatchObject({ onHand: MAX_RESERVATIONS + 1, reserved: 0, reservations: [] });
    expect(world.eventsOf('ReservationReleased')).toHaveLength(MAX_RESERVATIONS);
    expect((await world.add('next')).repeated).toBe(true);
  });

  it('are released by their process, without anybody asking', async () => {
    const world = await openWorld(MAX_RESERVATIONS, 2);
    await world.clock.advance(AFTER_MS);
    const id = stockId(PLACE, 1);
    let turns = 0;
    while ((await releaseExpired(world.as(`release ${turns}`), id)) === ENDS) turns += 1;
    expect(turns).toBeGreaterThan(1);
    expect(world.eventsOf('ReservationReleased')).toHaveLength(MAX_RESERVATIONS);
  });
});

describe('a period of a stock that is full', () => {
  it('goes on in the next one, also when all its reservations end in its last command', async () => {
    const world = await openWorld(MAX_RESERVATIONS, PERIOD_EVENTS);
    await world.clock.advance(AFTER_MS);
    await world.add('last');
    const { state, stream } = await world.add('next');
    expect(stream).toBe(periodStream(2));
    expect(state).toMatchObject({ onHand: MAX_RESERVATIONS + 2, reserved: 0 });
  });

  it('is closed by the release of a reservation whose time is over', async () => {
    const world = await openWorld(1, PERIOD_EVENTS);
    await world.clock.advance(AFTER_MS);
    expect(await releaseExpired(world.as('release 1'), stockId(PLACE, 1))).toBeUndefined();
    const types = world.streamOf(periodStream(1)).map(({ type }) => type);
    expect(types.slice(-2)).toEqual(['ReservationReleased', 'StockPeriodClosed']);
    expect(world.streamOf(periodStream(2))).toMatchObject([{ type: 'StockPeriodOpened' }]);
  });

  it('carries over what its close did not release', async () => {
    const world = await openWorld(3, PERIOD_EVENTS);
    await world.add('last');
    await world.clock.advance(AFTER_MS);
    const { state, stream } = await world.add('next');
    expect([stream, state.reserved]).toEqual([periodStream(2), 0]);
  });
});
