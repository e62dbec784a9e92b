/** Counts by key over the time that has just passed. */
export interface SlidingTally {
  add(key: string, nowMs: number): void;
  /** Counts of the window that ends now, by key; keys without any are left out. */
  counts(nowMs: number): ReadonlyMap<string, number>;
}

export interface SlidingTallyOptions {
  readonly windowMs: number;
  /** Parts of the window: the oldest drops out at once. */
  readonly slots: number;
  /** Keys in one slot; further ones count under `other`. */
  readonly maxKeys: number;
}

const OTHER = 'other';

/** Memory is bounded by slots and keys, however much is counted. */
export function createSlidingTally(options: SlidingTallyOptions): SlidingTally {
  const { windowMs, slots, maxKeys } = options;
  const slotMs = windowMs / slots;
  const counted = new Map<number, Map<string, number>>();
  const slotAt = (ms: number) => Math.floor(ms / slotMs);

  /** A clock that was set back leaves slots in the future; they drop out too. */
  function dropOld(slot: number): void {
    for (const known of counted.keys()) {
      if (known <= slot - slots || known > slot) counted.delete(known);
    }
  }

  return {
    add(key, nowMs) {
      const slot = slotAt(nowMs);
      let keys = counted.get(slot);
      if (!keys) {
        dropOld(slot);
        keys = new Map();
        counted.set(slot, keys);
      }
      const name = keys.has(key) || keys.size < maxKeys ? key : OTHER;
      keys.set(name, (keys.get(name) ?? 0) + 1);
    },
    counts(nowMs) {
      dropOld(slotAt(nowMs));
      const sums = new Map<string, number>();
      for (const keys of counted.values()) {
        for (const [key, count] of keys) sums.set(key, (sums.get(key) ?? 0) + count);
      }
      return sums;
    },
  };
}
