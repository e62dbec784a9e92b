import { createHash } from 'node:crypto';

/** Numbers in [0, 1) that are the same for the same seed: every run replays the same log. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Looks like the product's derived ids, so that streams fall anywhere into an index. */
export function entityIdOf(seed: string, order: number): string {
  return createHash('sha256').update(`${seed}:${order}`).digest('hex').slice(0, 32);
}
