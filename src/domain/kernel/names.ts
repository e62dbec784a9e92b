import { invariant } from './invariant.ts';

/**
 * A kind of stream: letters a to z, declared by the one decider whose streams they are. Those of
 * all features together are the list that read models and processes may filter by.
 */
export type Category = string;

const CATEGORY = /^[a-z]{1,32}$/;

export function isCategory(text: string): boolean {
  return CATEGORY.test(text);
}

/** The store id under which the engine writes about itself. No shop can have it. */
export const SYSTEM_STORE = 'system';

const STORE_ID = /^[a-z0-9]{1,32}$/;
const MAX_PART_LENGTH = 200;
const CACHE_KEY = /^(document|query|caller)-[a-z0-9]{1,32}(\.[\w%-]+)+$/;

export function isStoreId(text: string): boolean {
  return STORE_ID.test(text);
}

/** Percent-encodes all that is not a letter, digit, dash or underscore: no part can hold a dot. */
export function escapePart(part: string): string {
  invariant(part.length > 0 && part.length <= MAX_PART_LENGTH, 'name part is 1 to 200 characters', {
    length: part.length,
  });
  if (/^[\w-]+$/.test(part)) return part;
  return encodeURIComponent(part).replace(
    /[.!~*'()]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The one place where a store and its parts become a name: `<storeId>.<part>[.<part>...]`. */
function scoped(storeId: string, parts: readonly string[]): string {
  invariant(isStoreId(storeId), 'store id is 1 to 32 of a-z and 0-9', { storeId });
  let name = storeId;
  for (const part of parts) name += `.${escapePart(part)}`;
  return name;
}

export function streamName(category: Category, storeId: string, ...parts: string[]): string {
  return `${category}-${scoped(storeId, parts)}`;
}

export function documentKey(storeId: string, ...parts: string[]): string {
  return scoped(storeId, parts);
}

/** Distinguishes a key from outside, as `documentKey` makes them, from any other text. */
export function isDocumentKey(text: string): boolean {
  try {
    const { storeId, parts } = partsOf(text);
    return parts.length > 0 && documentKey(storeId, ...parts) === text;
  } catch {
    // Of no store, or with parts that cannot be read: none that was made here.
    return false;
  }
}

/** What is kept in caches and counted by rate limits. */
export const CACHE_KINDS = ['document', 'query', 'caller'] as const;
export type CacheKind = (typeof CACHE_KINDS)[number];

declare const scopedToAStore: unique symbol;
/** Made by `cacheKey` only, so that no key can leave out whose it is (K15). */
export type CacheKey = string & { readonly [scopedToAStore]: true };

/** `<kind>-<storeId>.<part>[.<part>...]`; what belongs to no shop is kept under SYSTEM_STORE. */
export function cacheKey(
  kind: CacheKind,
  storeId: string,
  ...parts: readonly [string, ...string[]]
): CacheKey {
  return `${kind}-${scoped(storeId, parts)}` as CacheKey;
}

/** Distinguishes a key from outside, as `cacheKey` makes them, from any other text. */
export function isCacheKey(text: string): text is CacheKey {
  return CACHE_KEY.test(text);
}

export function categoryOf(stream: string): string {
  return stream.slice(0, stream.indexOf('-'));
}

/** The store and the unescaped parts of a stream name or document key. */
export function partsOf(name: string): { storeId: string; parts: string[] } {
  const parts = name.split('.');
  parts.shift();
  return { storeId: storeOf(name), parts: parts.map(decodeURIComponent) };
}

export function storeOf(name: string): string {
  const dot = name.indexOf('.');
  const scope = dot < 0 ? name : name.slice(0, dot);
  return scope.slice(scope.indexOf('-') + 1);
}
