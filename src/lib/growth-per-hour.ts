export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

const HOUR_MS = 3_600_000;
/** Fewer samples than this, or a shorter time, show no trend. */
const MIN_SAMPLES = 5;
const MIN_SPAN_MS = 600_000;

/** The slope of the line through the samples by least squares, per hour; 0 without a trend. */
export function growthPerHour(samples: readonly Sample[]): number {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || samples.length < MIN_SAMPLES) return 0;
  if (last.atMs - first.atMs < MIN_SPAN_MS) return 0;
  const meanMs = mean(samples.map(({ atMs }) => atMs));
  const meanValue = mean(samples.map(({ value }) => value));
  let products = 0;
  let squares = 0;
  for (const { atMs, value } of samples) {
    products += (atMs - meanMs) * (value - meanValue);
    squares += (atMs - meanMs) ** 2;
  }
  return squares === 0 ? 0 : (products / squares) * HOUR_MS;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
