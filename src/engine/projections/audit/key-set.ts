const FIRST_SLOTS = 1_024;
/** One slot in three stays free, so that a search stays short. */
const MAX_FILL = 2 / 3;

/** FNV-1a, and a second hash of its kind over the same characters. */
const FNV = { offset: 0x811c9dc5, prime: 0x01000193 };
const OTHER = { offset: 0x9747b28c, prime: 0x85ebca6b };
const HIGH = 2 ** 32;
const HIGH_BITS = 2 ** 21;

/** 53 bits of a key, never 0. Among ten million keys, a collision has a chance of one in 200. */
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
 * The keys of millions of documents, as 53 bits of each: 12 to 24 bytes per key, where a `Set` of
 * strings takes over 100.
 */
export interface KeySet {
  add(key: string): void;
  has(key: string): boolean;
}

export function createKeySet(): KeySet {
  let slots = new Float64Array(FIRST_SLOTS);
  let used = 0;

  /** The slot that holds the value, or where it belongs. */
  function slotOf(value: number): number {
    let slot = value % slots.length;
    for (let held = slots[slot]; held !== 0 && held !== value; held = slots[slot]) {
      slot = (slot + 1) % slots.length;
    }
    return slot;
  }

  function grow(): void {
    const before = slots;
    slots = new Float64Array(before.length * 2);
    for (const value of before) if (value !== 0) slots[slotOf(value)] = value;
  }

  return {
    add(key) {
      if (used >= slots.length * MAX_FILL) grow();
      const value = digest(key);
      const slot = slotOf(value);
      if (slots[slot] === value) return;
      slots[slot] = value;
      used += 1;
    },
    has: (key) => {
      const value = digest(key);
      return slots[slotOf(value)] === value;
    },
  };
}
