import { createOverdueTimers } from '../../../src/engine/processes/durable/overdue-timers.ts';

const timer = (name: string, minute: number) => ({
  name,
  dueAt: new Date(Date.UTC(2030, 0, 31, 12, minute)).toISOString(),
});
const one = { storeId: 'a', instance: 'one' };
const two = { storeId: 'a', instance: 'two' };

describe('The timers that are due', () => {
  it('are none at the start', () => {
    expect(createOverdueTimers().report()).toEqual({ due: 0, oldestMs: undefined, fired: 0 });
  });

  it('are counted until they have fired, with the oldest of them', () => {
    const timers = createOverdueTimers();
    timers.set(one, [timer('remind', 5), timer('end', 7)]);
    timers.set(two, [timer('end', 3)]);
    expect(timers.report()).toEqual({
      ...{ due: 3, oldestMs: Date.UTC(2030, 0, 31, 12, 3), fired: 0 },
    });
    timers.fired(two, 'end');
    timers.fired(one, 'remind');
    expect(timers.report()).toEqual({
      ...{ due: 1, oldestMs: Date.UTC(2030, 0, 31, 12, 7), fired: 2 },
    });
  });

  it('are those of the newest state of an instance: another event may have cancelled one', () => {
    const timers = createOverdueTimers();
    timers.set(one, [timer('remind', 5), timer('end', 7)]);
    timers.set(one, [timer('end', 7)]);
    expect(timers.report().due).toBe(1);
    timers.set(one, []);
    expect(timers.report()).toMatchObject({ due: 0, oldestMs: undefined });
  });
});
