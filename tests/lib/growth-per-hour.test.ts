import { growthPerHour, type Sample } from '../../src/lib/growth-per-hour.ts';

const MINUTE_MS = 60_000;
const every = (minutes: number, values: readonly number[]): Sample[] =>
  values.map((value, i) => ({ atMs: i * minutes * MINUTE_MS, value }));

describe('The growth per hour', () => {
  it('is the slope of a steady climb', () => {
    expect(growthPerHour(every(6, [0, 10, 20, 30, 40, 50]))).toBeCloseTo(100);
  });

  it('is near 0 for values that go up and down', () => {
    expect(Math.abs(growthPerHour(every(6, [5, 9, 5, 9, 5, 9, 5])))).toBeLessThan(1);
  });

  it('needs enough samples over a long enough time', () => {
    expect(growthPerHour([])).toBe(0);
    expect(growthPerHour(every(60, [0, 100]))).toBe(0);
    expect(growthPerHour(every(1, [0, 1, 2, 3, 4, 5]))).toBe(0);
  });
});
