import fc from 'fast-check';

import {
  isPaused,
  type ReserveRange,
  seriesDecider,
  type SeriesEvent,
  type SeriesState,
} from '../../../src/domain/fiscal/index.ts';
import { CONTEXT, given } from '../../support/decider.ts';

const ENTITY = { entityId: '1:B' };

function open(more: Record<string, unknown> = {}): SeriesState {
  const command = { type: 'OpenSeries', data: more } as const;
  const [event] = seriesDecider.decide(command, seriesDecider.initialState, {
    ...CONTEXT,
    ...ENTITY,
  });
  return seriesDecider.evolve(seriesDecider.initialState, event as SeriesEvent);
}

function reserve(state: SeriesState, data: ReserveRange, now = CONTEXT.now) {
  const command = { type: 'ReserveRange', data } as const;
  const events = seriesDecider.decide(command, state, { ...CONTEXT, ...ENTITY, now });
  return { events, state: events.reduce(evolve, state) };
}

const evolve = (state: SeriesState, event: SeriesEvent) => seriesDecider.evolve(state, event);

const granted = (events: readonly SeriesEvent[]) =>
  events.flatMap(({ type, data }) => (type === 'FiscalRangeGranted' ? [[data.from, data.to]] : []));

describe('A series of fiscal numbers', () => {
  it('gives 50 numbers for 24 hours where nothing else is said', () => {
    const { events } = reserve(open(), { deviceId: 'till-1' });
    expect(events).toEqual([
      {
        type: 'FiscalRangeGranted',
        data: {
          ...{ seriesId: 'B', deviceId: 'till-1', from: 1, to: 50 },
          ...{ grantedAt: CONTEXT.now, expiresAt: '2025-03-11T12:00:00.000Z' },
        },
      },
    ]);
  });

  it('gives a device whose answer was lost the range that it lacks', () => {
    const first = reserve(open(), { deviceId: 'till-1', holdsThrough: 0 });
    const lost = reserve(first.state, { deviceId: 'till-1', holdsThrough: 0 });
    const next = reserve(lost.state, { deviceId: 'till-1', holdsThrough: 50 });
    expect([granted(first.events), lost.events, granted(next.events)]).toEqual([
      ...[[[1, 50]], [], [[51, 100]]],
    ]);
  });

  it('takes what a device held before it began again for abandoned', () => {
    const first = reserve(open(), { deviceId: 'till-1', epoch: 'one', holdsThrough: 0 });
    const { events } = reserve(first.state, { deviceId: 'till-1', epoch: 'two', holdsThrough: 0 });
    expect(events.map(({ type }) => type)).toEqual(['FiscalRangeAbandoned', 'FiscalRangeGranted']);
    expect(granted(events)).toEqual([[51, 100]]);
  });

  it('leaves out what a device has and the log does not know, and two ranges more', () => {
    const { events } = reserve(open(), { deviceId: 'till-1', holdsThrough: 130 });
    expect(events).toMatchObject([
      { type: 'FiscalNumbersSkipped', data: { from: 1, to: 230, heldThrough: 130 } },
      { type: 'FiscalRangeGranted', data: { from: 231, to: 280 } },
    ]);
    const far = { deviceId: 'till-1', holdsThrough: 900_000_000 };
    expect(() => reserve(open(), far)).toThrow('expected a number near 1');
  });

  it('leaves out a number that a fact shows, once', () => {
    const found = { type: 'LeaveOut', data: { deviceId: 'till-1', heldThrough: 70 } } as const;
    const context = { ...CONTEXT, ...ENTITY };
    const events = seriesDecider.decide(found, open(), context);
    expect(events).toMatchObject([
      { type: 'FiscalNumbersSkipped', data: { from: 1, to: 170, deviceId: 'till-1' } },
    ]);
    expect(seriesDecider.decide(found, events.reduce(evolve, open()), context)).toEqual([]);
  });

  it('goes on in a restored log beyond all that is known, and some more', () => {
    const { state } = reserve(open(), { deviceId: 'till-1' });
    expect([isPaused(state, 1), isPaused(state, 2)]).toEqual([false, true]);
    const resume = (now: SeriesState, more: { heldThrough?: number }) =>
      seriesDecider.decide(
        {
          type: 'ResumeSeries',
          data: { reason: 'All are here', resumedBy: 'ana', generation: 2, ...more },
        },
        now,
        { ...CONTEXT, ...ENTITY },
      );
    const known = resume(state, {});
    expect(known).toMatchObject([
      { type: 'FiscalNumbersSkipped', data: { from: 51, to: 150 } },
      { type: 'FiscalSeriesResumed', data: { generation: 2, resumedBy: 'ana' } },
    ]);
    const after = known.reduce(evolve, state);
    expect([isPaused(after, 2), isPaused(after, 3)]).toEqual([false, true]);
    expect(resume(after, {})).toEqual([]);
    expect(granted(reserve(after, { deviceId: 'till-2' }).events)).toEqual([[151, 200]]);
    expect(resume(state, { heldThrough: 99 })).toMatchObject([
      { data: { from: 51, to: 199 } },
      { type: 'FiscalSeriesResumed' },
    ]);
  });

  it('opened in a restored log waits for nobody', () => {
    expect(isPaused(open({ generation: 4 }), 4)).toBe(false);
  });

  it('belongs to its device with the policy device', () => {
    const own = open({ policy: 'device', deviceId: 'till-1' });
    expect(granted(reserve(own, { deviceId: 'till-1' }).events)).toEqual([[1, 50]]);
    expect(() => reserve(own, { deviceId: 'till-2' })).toThrow('belongs to another device');
  });

  it('ends at its last number', () => {
    const last = open({ firstNumber: 999_999_960 });
    expect(() => reserve(last, { deviceId: 'till-1' })).toThrow('none left');
    expect(granted(reserve(last, { deviceId: 'till-1', quantity: 40 }).events)).toEqual([
      [999_999_960, 999_999_999],
    ]);
  });

  it('exists once, and gives nothing before', () => {
    const opened: SeriesEvent = {
      type: 'FiscalSeriesOpened',
      data: {
        ...{ seriesId: 'B', firstNumber: 1, policy: 'shared-ranges', rangeSize: 50 },
        ...{ validHours: 24, openedAt: CONTEXT.now },
      },
    };
    const reserveIt = { type: 'ReserveRange', data: { deviceId: 'till-1' } } as const;
    given(seriesDecider, [opened])
      .when({ type: 'OpenSeries', data: {} }, ENTITY)
      .thenRefused('fiscal_series_exists');
    given(seriesDecider, []).when(reserveIt, ENTITY).thenRefused('fiscal_series_not_found');
  });

  it('gives no number twice, over periods too, whoever asks and says what', () => {
    const one = fc.record({
      device: fc.integer({ min: 1, max: 4 }),
      epoch: fc.constantFrom('one', 'two'),
      quantity: fc.integer({ min: 1, max: 60 }),
      held: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
      closes: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (requests) => {
        let state = open();
        const numbers = new Set<number>();
        for (const { device, epoch, quantity, held, closes } of requests) {
          const data = { deviceId: `till-${device}`, epoch, quantity };
          const asked = held === undefined ? data : { ...data, holdsThrough: held };
          const { events, state: next } = reserve(state, asked);
          for (const [from = 0, to = 0] of granted(events)) {
            for (let n = from; n <= to; n++) {
              expect(numbers.has(n)).toBe(false);
              numbers.add(n);
            }
          }
          state = closes ? reopened(next) : next;
        }
      }),
    );
  });
});

/** The state of the next period after this one is closed. */
function reopened(state: SeriesState): SeriesState {
  const close = { type: 'ClosePeriod', data: {} } as const;
  const [closed] = seriesDecider.decide(close, state, { ...CONTEXT, ...ENTITY });
  const { initialState } = seriesDecider;
  const data = { ...closed?.data, period: 2 };
  const command = { type: 'OpenPeriod', data } as Parameters<typeof seriesDecider.decide>[0];
  const context = { ...CONTEXT, entityId: '2:B' };
  return seriesDecider.decide(command, initialState, context).reduce(evolve, initialState);
}
