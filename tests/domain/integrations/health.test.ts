import fc from 'fast-check';

import { healthOf, successRateOf } from '../../../src/domain/integrations/index.ts';

const fine = { isReachable: true, calls: 100, failed: 0, responseMs: 200 };

describe('The health of a connection', () => {
  it('is bad on the far side of each limit of X9, and good on the near one', () => {
    expect(healthOf(fine)).toBe('healthy');
    expect(healthOf({ ...fine, failed: 10 })).toBe('healthy');
    expect(healthOf({ ...fine, failed: 11 })).toBe('degraded');
    expect(healthOf({ ...fine, failed: 50 })).toBe('degraded');
    expect(healthOf({ ...fine, failed: 51 })).toBe('unhealthy');
    expect(healthOf({ ...fine, responseMs: 5_000 })).toBe('healthy');
    expect(healthOf({ ...fine, responseMs: 5_001 })).toBe('degraded');
    expect(healthOf({ ...fine, responseMs: 10_000 })).toBe('degraded');
    expect(healthOf({ ...fine, responseMs: 10_001 })).toBe('unhealthy');
    expect(healthOf({ ...fine, isReachable: false })).toBe('unhealthy');
  });

  it('is good without any call', () => {
    expect(healthOf({ isReachable: true, calls: 0, failed: 0 })).toBe('healthy');
    expect(successRateOf({ calls: 0, failed: 0 })).toBe(100);
  });

  it('has a rate that is cut, so that one failure among very many shows', () => {
    expect(successRateOf({ calls: 3, failed: 1 })).toBe(66.66);
    expect(successRateOf({ calls: 1_000_000, failed: 1 })).toBe(99.99);
    fc.assert(
      fc.property(fc.nat({ max: 1e9 }), fc.nat({ max: 1e9 }), (failed, more) => {
        const rate = successRateOf({ calls: failed + more, failed });
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(100);
        if (failed > 0) expect(rate).toBeLessThan(100);
      }),
    );
  });

  it('never gets better by one more failure', () => {
    const order = ['healthy', 'degraded', 'unhealthy'];
    fc.assert(
      fc.property(fc.nat({ max: 500 }), fc.nat({ max: 500 }), (failed, more) => {
        const calls = failed + more + 1;
        const before = order.indexOf(healthOf({ ...fine, calls, failed }));
        expect(
          order.indexOf(healthOf({ ...fine, calls, failed: failed + 1 })),
        ).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});
