import fc from 'fast-check';

import { fitLine } from './line.ts';
import { METRIC_NAMES, type MetricName, METRICS, type Sample } from './metrics.ts';
import { complaintsOf, findingsOf, tableOf } from './verdict.ts';

const MINUTE_MS = 60_000;

/** Samples of every ten seconds, all flat but for the one that is given. */
function samplesOf(
  minutes: number,
  metric: MetricName,
  valueAt: (hours: number) => number,
): Sample[] {
  return Array.from({ length: minutes * 6 }, (_, i) => {
    const atMs = i * 10_000;
    const values = Object.fromEntries(METRIC_NAMES.map((name) => [name, 100]));
    values[metric] = valueAt(atMs / (60 * MINUTE_MS));
    return { atMs, values: values as Record<MetricName, number> };
  });
}

/** Up and down by the same, with no trend of its own. */
const noise = (hours: number) => 5 * Math.sin(hours * 1_000);

describe('A line through points', () => {
  it('is the line itself when they are on one', () => {
    const line = fc.tuple(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    );
    const xs = fc.uniqueArray(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 3 });
    fc.assert(
      fc.property(line, xs, ([slope, intercept], places) => {
        const fit = fitLine(places.map((x) => ({ x, y: intercept + slope * x })));
        expect(fit.slope).toBeCloseTo(slope, 6);
        expect(fit.intercept).toBeCloseTo(intercept, 6);
        expect(fit.slopeError).toBeCloseTo(0, 6);
      }),
    );
  });

  it('has the slope and the error that are worked out by hand', () => {
    const points = [
      { x: 0, y: 1 },
      { x: 1, y: 2 },
      { x: 2, y: 2 },
      { x: 3, y: 4 },
    ];
    // Means 1.5 and 2.25; sums of products 4.5 and of squares 5; what is left is 0.7 over 2.
    const { slope, intercept, slopeError } = fitLine(points);
    expect(slope).toBeCloseTo(0.9, 12);
    expect(intercept).toBeCloseTo(0.9, 12);
    expect(slopeError).toBeCloseTo(Math.sqrt(0.7 / 2 / 5), 12);
  });

  it('needs three points, at different times', () => {
    expect(() => fitLine([{ x: 0, y: 0 }])).toThrow('at least 3 points');
    const still = [0, 1, 2].map((y) => ({ x: 1, y }));
    expect(() => fitLine(still)).toThrow('different times');
  });
});

describe('The verdict of a soak', () => {
  it('is quiet about what stays as it is, also when it swings', () => {
    const findings = findingsOf(samplesOf(10, 'mainHeap', (hours) => 80 + noise(hours)));
    expect(complaintsOf(findings)).toEqual([]);
  });

  it('is quiet about what falls', () => {
    const findings = findingsOf(samplesOf(10, 'resident', (hours) => 900 - 2_000 * hours));
    expect(complaintsOf(findings)).toEqual([]);
  });

  it.each(METRIC_NAMES)('names what rises too fast, and by how much: %s', (metric) => {
    const { mostPerHour, title } = METRICS[metric];
    const just = findingsOf(samplesOf(10, metric, (hours) => 80 + mostPerHour * hours * 0.99));
    expect(complaintsOf(just)).toEqual([]);
    const twice = findingsOf(samplesOf(10, metric, (hours) => 80 + 2 * mostPerHour * hours));
    expect(complaintsOf(twice)).toEqual([
      expect.stringContaining(
        `${title}: rises by ${(2 * mostPerHour).toFixed(mostPerHour < 50 ? 2 : 0)}`,
      ),
    ]);
    const finding = twice.find((one) => one.metric === metric);
    expect(finding?.excessPerHour).toBeCloseTo(mostPerHour, 6);
    expect(tableOf(twice)).toMatch(new RegExp(`${title.replace(/[()]/g, '\\$&')}.*FAILED`));
  });

  it('sees a leak through noise when it has looked for long enough, and not before', () => {
    const leaking = (hours: number) => 80 + 60 * hours + noise(hours);
    expect(complaintsOf(findingsOf(samplesOf(1, 'mainHeap', leaking)))).toEqual([]);
    expect(complaintsOf(findingsOf(samplesOf(30, 'mainHeap', leaking)))).toHaveLength(1);
  });
});
