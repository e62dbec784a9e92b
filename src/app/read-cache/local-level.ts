import { LRUCache } from 'lru-cache';

import type { CacheKey } from '../../domain/kernel/names.ts';
import type { CacheEntry } from './cache-entry.ts';

const MIB = 1_048_576;
const MAX_ENTRIES = 10_000;
const MAX_BYTES = 16 * MIB;
/** A larger body is read each time. */
const MAX_ENTRY_BYTES = MIB;
/** Of an entry beside its texts. */
const OVERHEAD_BYTES = 300;

/** The first level: bodies in the memory of this instance, the least recently used go first. */
export interface LocalLevel {
  get(key: CacheKey): CacheEntry | undefined;
  set(key: CacheKey, entry: CacheEntry): void;
  delete(key: CacheKey): void;
  clear(): void;
  entries(): number;
  bytes(): number;
}

export interface LocalLevelLimits {
  readonly maxEntries?: number;
  readonly maxBytes?: number;
}

export function createLocalLevel(limits: LocalLevelLimits = {}): LocalLevel {
  const { maxEntries = MAX_ENTRIES, maxBytes = MAX_BYTES } = limits;
  const kept = new LRUCache<CacheKey, CacheEntry>({
    max: maxEntries,
    maxSize: maxBytes,
    maxEntrySize: Math.min(MAX_ENTRY_BYTES, maxBytes),
    // A text can take two bytes a character.
    sizeCalculation: ({ from, text }, key) =>
      OVERHEAD_BYTES + 2 * (key.length + from.length + text.length),
  });
  return {
    get: (key) => kept.get(key),
    set: (key, entry) => void kept.set(key, entry),
    delete: (key) => void kept.delete(key),
    clear: () => kept.clear(),
    entries: () => kept.size,
    bytes: () => kept.calculatedSize,
  };
}
