import { SEGMENT_SIZE } from './events.ts';

/** First and last number, both included. */
export type Range = readonly [from: number, to: number];

export const segmentOf = (seq: number): number => Math.floor((seq - 1) / SEGMENT_SIZE);
export const firstOf = (segment: number): number => segment * SEGMENT_SIZE + 1;

/** The entity of a segment of the facts of one life of a device. */
export const segmentId = (
  { deviceId, epoch }: { readonly deviceId: string; readonly epoch: string },
  segment: number,
): string => `${deviceId}:${epoch}:${segment}`;

/** Numbers, in any order and each any number of times, as ranges that rise. */
export function rangesOf(numbers: Iterable<number>): readonly Range[] {
  const ranges: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && number <= last[1] + 1) last[1] = Math.max(last[1], number);
    else ranges.push([number, number]);
  }
  return ranges;
}

/** Numbers up to `last` that no range holds. */
export function holesIn(ranges: readonly Range[], last: number): readonly Range[] {
  const holes: Range[] = [];
  let next = 1;
  for (const [from, to] of ranges) {
    if (from > next) holes.push([next, Math.min(from - 1, last)]);
    next = to + 1;
    if (next > last) return holes;
  }
  return next <= last ? [...holes, [next, last]] : holes;
}
