import { createCallTallies } from '../../../src/commands/integrations/call-tallies.ts';

const MINUTE_MS = 60_000;
const ok = { isRead: true, isFailed: false, bytes: 100, durationMs: 40 };

function open(startMs = Date.UTC(2026, 11, 1, 10, 30)) {
  let nowMs = startMs;
  const tallies = createCallTallies({ now: () => nowMs });
  const add = (call: Partial<typeof ok> = {}, storeId = 'a') =>
    tallies.add({ storeId, provider: 'square' }, { ...ok, ...call });
  return { tallies, add, pass: (ms: number) => (nowMs += ms) };
}

describe('Counts of calls', () => {
  it('wait for ten minutes, then are taken once', () => {
    const { tallies, add, pass } = open();
    add();
    add({ isRead: false, bytes: 50, durationMs: 10 });
    pass(9 * MINUTE_MS);
    expect(tallies.take(false)).toEqual([]);
    pass(MINUTE_MS);
    expect(tallies.take(false)).toEqual([
      {
        storeId: 'a',
        data: {
          ...{ provider: 'square', day: '2026-12-01', hour: 10 },
          ...{ calls: 2, reads: 1, failed: 0, bytes: 150, totalMs: 50 },
          lastSuccessAt: '2026-12-01T10:30:00.000Z',
        },
      },
    ]);
    expect(tallies.take(true)).toEqual([]);
  });

  it('are taken at the next look after a failure, and when their hour is over', () => {
    const { tallies, add, pass } = open();
    add({ isFailed: true });
    add({}, 'b');
    expect(tallies.take(false)).toMatchObject([
      { storeId: 'a', data: { failed: 1, lastFailureAt: '2026-12-01T10:30:00.000Z' } },
    ]);
    pass(25 * MINUTE_MS);
    expect(tallies.take(false)).toHaveLength(1);
    add();
    pass(5 * MINUTE_MS);
    add();
    const taken = tallies.take(false);
    expect(taken.map(({ data }) => [data.hour, data.calls])).toEqual([[10, 1]]);
    expect(tallies.take(true).map(({ data }) => [data.hour, data.calls])).toEqual([[11, 1]]);
  });
});
