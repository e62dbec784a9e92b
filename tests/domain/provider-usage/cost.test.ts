import { costOf, usageDecider } from '../../../src/domain/provider-usage/index.ts';

const price = { currency: 'USD', baseMinor: 2_500, includedCalls: 1_000, perThousandMinor: 25 };
const context = {
  ...{ storeId: 'a', entityId: 'square-2026-12-01', commandId: 'c' },
  ...{ now: '2026-12-01T10:00:00.000Z', businessDay: '2026-12-01' },
};
const counts = { reads: 0, failed: 0, bytes: 0, totalMs: 0 };

describe('The cost of the calls of a month', () => {
  it('is the base up to what it covers', () => {
    expect(costOf(0, price)).toEqual({
      ...{ baseMinor: 2_500, overageMinor: 0, totalMinor: 2_500, isIncluded: true },
    });
    expect(costOf(1_000, price).isIncluded).toBe(true);
  });

  it('has a share of a thousand calls above that, half up', () => {
    expect(costOf(1_019, price).overageMinor).toBe(0);
    expect(costOf(1_020, price).overageMinor).toBe(1);
    expect(costOf(3_000, price)).toEqual({
      ...{ baseMinor: 2_500, overageMinor: 50, totalMinor: 2_550, isIncluded: false },
    });
  });
});

describe('The calls of a day', () => {
  it('are recorded as they were counted, and none when there was none', () => {
    const data = { provider: 'square', day: '2026-12-01', hour: 10, ...counts, calls: 3 } as const;
    const command = { type: 'CountProviderCalls', data } as const;
    expect(usageDecider.decide(command, usageDecider.initialState, context)).toEqual([
      { type: 'ProviderCallsCounted', data },
    ]);
    const none = { ...command, data: { ...data, calls: 0 } };
    expect(usageDecider.decide(none, usageDecider.initialState, context)).toEqual([]);
  });
});
