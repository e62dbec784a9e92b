/** A value at a time. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The straight line that fits points best, and how sure its slope is. */
export interface Line {
  /** Change of y for each 1 of x. */
  readonly slope: number;
  readonly intercept: number;
  /** Standard error of the slope: how far chance alone moves it. */
  readonly slopeError: number;
}

const FEWEST_POINTS = 3;

/**
 * Least squares.
 * @throws Error with fewer than three points, or when all have the same x.
 */
export function fitLine(points: readonly Point[]): Line {
  const count = points.length;
  if (count < FEWEST_POINTS) {
    throw new Error(`expected at least ${FEWEST_POINTS} points for a line, found ${count}`);
  }
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / count;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / count;
  let spread = 0;
  let together = 0;
  for (const { x, y } of points) {
    spread += (x - meanX) ** 2;
    together += (x - meanX) * (y - meanY);
  }
  if (spread === 0) throw new Error('expected points at different times for a line');
  const slope = together / spread;
  const intercept = meanY - slope * meanX;
  const left = points.reduce((sum, { x, y }) => sum + (y - intercept - slope * x) ** 2, 0);
  return { slope, intercept, slopeError: Math.sqrt(left / (count - 2) / spread) };
}
