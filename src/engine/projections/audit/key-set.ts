const FIRST_SLOTS = 1_024;
/** A slot in three stays free, so that a search stays short. */
const MAX_FILL = 2 / 3;

/** FNV-1a, and another walk of its kind over the same characters. */
const FNV = { offset: 0x811c9dc5, prime: 0x01000193 };
const OTHER = { offset: 0x9747b28c, prime: 0x85ebca6b };
const HIGH = 2 ** 32;
const HIGH_BITS = 2 ** 21;

/** 53 bits of a key, never 0: that two of ten million keys share them is a chance of one in 200. */
function digest(key: string): number {
  let low = FNV.offset;
  let high = OTHER.offset;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    low = Math.imul(low ^ code, FNV.prime);
    high = Math.imul(high ^ code, OTHER.prime);
    high ^= high >>> 15;
  }
  return ((high >>> 0) % HIGH_BITS) * HIGH + (low >>> 0) || 1;
}

/**
 * The keys of millions of documents, by 53 bits of each: 12 to 24 bytes a key, where a `Set` of the
 * strings takes over 100.
 */
export interface KeySet {
  add(key: string): void;
  has(key: string): boolean;
}

export function createKeySet(): KeySet {
  let slots = new Float64Array(FIRST_SLOTS);
  let used = 0;

  /** Where it is, or belongs. */
  function placeOf(value: number): number {
    let place = value % slots.length;
    for (let at = slots[place]; at !== 0 && at !== value; at = slots[place]) {
      place = (place + 1) % slots.length;
    }
    return place;
  }

  function grow(): void {
    const before = slots;
    slots = new Float64Array(before.length * 2);
    for (const value of before) if (value !== 0) slots[placeOf(value)] = value;
  }

  return {
    add(key) {
      if (used >= slots.length * MAX_FILL) grow();
      const value = digest(key);
      const place = placeOf(value);
      if (slots[place] === value) return;
      slots[place] = value;
      used += 1;
    },
    has: (key) => {
      const value = digest(key);
      return slots[placeOf(value)] === value;
    },
  };
}
