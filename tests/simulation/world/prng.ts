/** Randomness of one concern of a world: the same seed and label give the same numbers. */
export interface Prng {
  /** In [0, 1). */
  next(): number;
  /** An integer in [0, below). */
  below(below: number): number;
  /** In [from, to). */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** A place in [0, length): the first is met most often, as few shops' favourites are. */
  zipf(length: number): number;
  /** 32 hexadecimal digits in the form of a UUID. */
  uuid(): string;
  fork(label: string): Prng;
}

/** Fowler-Noll-Vo over the text, from a state before it. */
export function fnv1a(text: string, state = 0x811c9dc5): number {
  let hash = state;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function splitmix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const byteOf = (bits: number, shift: number): string => BYTES[(bits >>> shift) & 255] ?? '';

/** xoshiro128**, whose state comes from the seed by splitmix32. */
export function createPrng(seed: number): Prng {
  const fill = splitmix32(seed);
  let [a, b, c, d] = [fill(), fill(), fill(), fill()];

  function bits(): number {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  }

  function hex(): string {
    const drawn = bits();
    return byteOf(drawn, 24) + byteOf(drawn, 16) + byteOf(drawn, 8) + byteOf(drawn, 0);
  }
  const prng: Prng = {
    next: () => bits() / 0x1_0000_0000,
    below: (below) => Math.floor(prng.next() * below),
    between: (from, to) => from + prng.next() * (to - from),
    chance: (probability) => prng.next() < probability,
    pick: (items) => items[prng.below(items.length)] as never,
    zipf: (length) => Math.min(length - 1, Math.floor(length ** prng.next()) - 1),
    uuid() {
      const text = hex() + hex() + hex() + hex();
      const [first, second] = [text.slice(0, 8), text.slice(8, 12)];
      return `${first}-${second}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`;
    },
    fork: (label) => createPrng(fnv1a(label, seed ^ 0x5bd1e995)),
  };
  return prng;
}
