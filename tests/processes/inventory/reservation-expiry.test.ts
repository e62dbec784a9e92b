import {
  reactToReservations,
  reservationExpiry,
} from '../../../src/processes/inventory/reservation-expiry.ts';
import { createStockWorld } from './stock-world.ts';

/** More than an instance appends until all is done. */
const MAX_APPENDS = 12;

type World = Awaited<ReturnType<typeof createStockWorld>>;

const releasedOf = ({ eventsOf }: World) =>
  eventsOf('ReservationReleased').map(({ data }) => {
    const { reservationId, reason } = data as { reservationId: string; reason: string };
    return `${reservationId} ${reason}`;
  });

async function openWorld(units = 5) {
  const world = await createStockWorld(reservationExpiry, units);
  return world;
}

describe('the time limit of a reservation', () => {
  it('releases it at that moment, without anybody asking', async () => {
    const world = await openWorld();
    const engine = world.start();
    await world.settle();
    await world.reserve('r1', 60);
    await world.settle(59_000);
    expect(releasedOf(world)).toEqual([]);
    await world.settle(1_000);
    expect(releasedOf(world)).toEqual(['r1 expired']);
    await world.settle(600_000);
    expect(releasedOf(world)).toEqual(['r1 expired']);
    await engine.stop();
  });

  it('releases each at its own time, also one that was made later and ends earlier', async () => {
    const world = await openWorld();
    const engine = world.start();
    await world.settle();
    await world.reserve('long', 300);
    await world.reserve('short', 60);
    await world.settle(60_000);
    expect(releasedOf(world)).toEqual(['short expired']);
    await world.settle(240_000);
    expect(releasedOf(world)).toEqual(['short expired', 'long expired']);
    await world.reserve('next', 30);
    await world.settle(30_000);
    expect(releasedOf(world)).toContain('next expired');
    await engine.stop();
  });

  it('costs one reaction while all are confirmed in time', async () => {
    const world = await openWorld(50);
    const engine = world.start();
    await world.settle();
    for (let i = 0; i < 50; i++) {
      await world.reserve(`r${i}`, 600);
      await world.ask(`c${i}`, { type: 'Confirm', data: { reservationId: `r${i}` } });
    }
    await world.settle();
    expect(world.eventsOf('ProcessReacted')).toHaveLength(1);
    await world.settle(600_000);
    expect(world.eventsOf('ProcessReacted')).toHaveLength(3);
    expect(world.eventsOf('ProcessReacted').at(-1)?.data).toMatchObject({ ended: 'completed' });
    expect(releasedOf(world)).toEqual([]);
    await engine.stop();
  });

  it('moves when the reservation is renewed', async () => {
    const world = await openWorld();
    const engine = world.start();
    await world.settle();
    await world.reserve('r1', 60);
    await world.settle(50_000);
    await world.ask('more', {
      type: 'Renew',
      data: { reservationId: 'r1', expiresInSeconds: 60 },
    });
    await world.settle(30_000);
    expect(releasedOf(world)).toEqual([]);
    await world.settle(30_000);
    expect(releasedOf(world)).toEqual(['r1 expired']);
    const late = { type: 'Renew', data: { reservationId: 'r1', expiresInSeconds: 60 } } as const;
    await expect(world.ask('late', late)).rejects.toMatchObject({ code: 'reservation_ended' });
    await engine.stop();
  });

  it('refuses a confirmation afterwards, and sells the units once', async () => {
    const world = await openWorld(1);
    const engine = world.start();
    await world.settle();
    await world.reserve('first', 60);
    await world.settle(60_000);
    await world.reserve('second', 60);
    const confirm = (reservationId: string) =>
      world.ask(`c ${reservationId}`, { type: 'Confirm', data: { reservationId } });
    await expect(confirm('first')).rejects.toMatchObject({ code: 'reservation_ended' });
    const { state } = await confirm('second');
    expect([state.onHand, state.reserved]).toEqual([0, 0]);
    await engine.stop();
  });

  it('releases it once, wherever the instance is killed', async () => {
    let kills = 0;
    for (let appends = 1; appends <= MAX_APPENDS; appends++) {
      const world = await openWorld();
      const killed = world.start(appends);
      await world.settle();
      await world.reserve('r1', 60);
      await world.settle(61_000);
      const wasKilled = killed.wasKilled();
      // What it began is never done; the rest of it goes as its process goes.
      void killed.stop();
      const next = world.start();
      await world.settle(1);
      // An instance asks every few seconds for what others left.
      await world.settle(20_000);
      expect([appends, ...releasedOf(world)]).toEqual([appends, 'r1 expired']);
      await next.stop();
      if (!wasKilled) break;
      kills += 1;
    }
    // The process begins, reacts, fires its timer, releases and records that.
    expect(kills).toBeGreaterThanOrEqual(4);
  });
});

describe('a refused release', () => {
  const refused = { kind: 'refused', step: 'release 1', code: 'forbidden', message: '' } as const;
  const nowMs = Date.parse('2025-01-01T12:00:00.000Z');

  it('is tried again, and keeps no time of a timer that is gone', () => {
    const state = { stockId: '1:main:beans', dueAt: '', releases: 1 };
    expect(reactToReservations(state, refused, { nowMs })).toMatchObject({
      state: { dueAt: '2025-01-01T12:10:00.000Z' },
      stage: 'refused: forbidden',
      setTimers: [{ name: 'end', afterMs: 600_000 }],
    });
  });

  it('leaves the timer that a later reservation has set', () => {
    const state = { stockId: '1:main:beans', dueAt: '2025-01-01T12:01:00.000Z', releases: 1 };
    expect(reactToReservations(state, refused, { nowMs })).toEqual({
      state,
      stage: 'refused: forbidden',
    });
  });
});
