import { backoffMs } from '../../src/lib/backoff.ts';

const backoff = { initialMs: 100, maxMs: 1_000, jitter: [0.5, 1] } as const;
/** Just below 1, the largest value of a random number. */
const ALMOST_ONE = 1 - Number.EPSILON;

describe('backoffMs', () => {
  it('doubles the pause with each attempt, up to the maximum', () => {
    const pauses = [0, 1, 2, 3, 4, 50].map((attempt) => backoffMs(backoff, attempt, 0));
    expect(pauses).toEqual([50, 100, 200, 400, 500, 500]);
  });

  it('stays at the maximum where the power is beyond any number', () => {
    expect(backoffMs(backoff, 10_000, 0)).toBe(500);
  });

  it('spreads the pauses over the range of the jitter', () => {
    expect(backoffMs(backoff, 0, 0)).toBe(50);
    expect(backoffMs(backoff, 0, 0.5)).toBe(75);
    expect(backoffMs(backoff, 0, ALMOST_ONE)).toBeCloseTo(100);
    expect(backoffMs({ ...backoff, jitter: [0.5, 1.5] }, 0, ALMOST_ONE)).toBeCloseTo(150);
  });
});
