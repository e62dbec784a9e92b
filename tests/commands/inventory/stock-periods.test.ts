import {
  checkAvailability,
  placeAt,
  releaseExpired,
  stepStock,
} from '../../../src/commands/inventory/stock.ts';
import {
  MAX_RESERVATIONS,
  PERIOD_EVENTS,
  stockDecider,
  type StockEvent,
  stockId,
} from '../../../src/domain/inventory/index.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import { dispatch, type Sequence } from '../../../src/engine/commands/sequence.ts';
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

describe('a stock with many closed periods', () => {
  const PERIODS = 200;
  /** Far fewer than the periods: their number of binary digits, twice, and some. */
  const MOST_LOADS = 24;

  async function longWorld() {
    const world = await createStockWorld(reservationExpiry, 10);
    const close = { type: 'ClosePeriod', data: {} } as const;
    const at = (period: number) => stockId(PLACE, period);
    for (let period = 1; period <= PERIODS; period++) {
      const { state } = await dispatch(
        world.as('c'),
        `close ${period}`,
        stockDecider,
        at(period),
        close,
      );
      const data = { ...PLACE, onHand: 0, reserved: 0, ...state.carried, reservations: [] };
      const open = { type: 'OpenPeriod', data: { ...data, period: period + 1 } } as const;
      await dispatch(world.as('o'), `open ${period}`, stockDecider, at(period + 1), open);
    }
    return world;
  }

  /** The sequence, and the number of states that it has asked for. */
  function counting(sequence: Sequence) {
    let loads = 0;
    const { commands } = sequence;
    const counted: Sequence['commands'] = {
      ...commands,
      load(...parameters) {
        loads += 1;
        return commands.load(...parameters);
      },
      execute(...parameters) {
        loads += 1;
        return commands.execute(...parameters);
      },
    };
    return { sequence: { ...sequence, commands: counted }, loads: () => loads };
  }

  it('takes commands and reads what is available without asking each of them', async () => {
    const world = await longWorld();
    const add = (sequence: Sequence) =>
      stepStock(sequence, 'add', PLACE, { type: 'Replenish', data: { quantity: 1 } });
    const first = counting(world.as('add'));
    const { stream, state, repeated } = await add(first.sequence);
    expect([stream, state.onHand, repeated]).toEqual([periodStream(PERIODS + 1), 11, false]);
    expect(first.loads()).toBeLessThan(MOST_LOADS);
    expect((await add(world.as('add'))).repeated).toBe(true);
    const reading = counting(world.as('read'));
    const now = new Date(world.clock.now()).toISOString();
    expect(await checkAvailability(reading.sequence, STORE, PLACE, 1, now)).toMatchObject({
      onHand: 11,
    });
    expect(reading.loads()).toBeLessThan(MOST_LOADS);
  });

  it('knows a command of the period before the newest', async () => {
    const world = await longWorld();
    await world.ask('late', { type: 'Replenish', data: { quantity: 5 } });
    const newest = stockId(PLACE, PERIODS + 1);
    const close = { type: 'ClosePeriod', data: {} } as const;
    await dispatch(world.as('c'), 'close it', stockDecider, newest, close);
    const again = await world.ask('late', { type: 'Replenish', data: { quantity: 5 } });
    expect([again.repeated, again.stream]).toEqual([true, periodStream(PERIODS + 1)]);
    const { stream } = await world.ask('next', { type: 'Replenish', data: { quantity: 1 } });
    expect(stream).toBe(periodStream(PERIODS + 2));
    const after = await world.ask('late', { type: 'Replenish', data: { quantity: 5 } });
    expect([after.repeated, after.state.onHand]).toEqual([true, 15]);
  });
});
