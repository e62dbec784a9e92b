import { BLOCK_SIZE } from './events.ts';

/** First and last number, both included. */
export interface Numbers {
  readonly from: number;
  readonly to: number;
}

/** The stream that has a number. */
export const blockOf = (seriesId: string, number: number): string =>
  `${seriesId}:${Math.floor((number - 1) / BLOCK_SIZE)}`;

/** The numbers, cut where another stream begins. */
export function blocksOf({ from, to }: Numbers): readonly Numbers[] {
  const parts: Numbers[] = [];
  for (let first = from; first <= to;) {
    const end = Math.ceil(first / BLOCK_SIZE) * BLOCK_SIZE;
    parts.push({ from: first, to: Math.min(end, to) });
    first = end + 1;
  }
  return parts;
}
