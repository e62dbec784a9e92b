import { canonicalJson } from '../../../domain/kernel/fingerprint.ts';
import { comparePositions, formatPosition } from '../../../domain/kernel/position.ts';
import type { DocumentWrite, StoredDocument } from '../../../ports/read-store.ts';

/** One field of a mismatch; undefined on the side where the field is missing. */
export interface FieldDiff {
  readonly field: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** A stored document that is not the fold of its events. */
export interface Mismatch {
  readonly key: string;
  readonly kind: 'missing' | 'extra' | 'different';
  /**
   * Top-level fields that differ, and `position` or `storeId` where the stored one is wrong. Empty
   * where a document is missing or extra.
   */
  readonly differences: readonly FieldDiff[];
}

/** The names of the fields that differ, for a record. */
export function fieldsOf({ differences }: Mismatch): string {
  return differences.map(({ field }) => field).join(', ');
}

/** Compares a stored document with the fold; undefined when they match. */
export function compare(
  key: string,
  expected: DocumentWrite | undefined,
  stored: StoredDocument | undefined,
): Mismatch | undefined {
  const exists = stored !== undefined && stored.body !== undefined;
  if (!expected) return exists ? { key, kind: 'extra', differences: [] } : undefined;
  if (!exists) return { key, kind: 'missing', differences: [] };
  const a = expected.body as Record<string, unknown>;
  const b = stored.body as Record<string, unknown>;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const differences: FieldDiff[] = [...names]
    .filter((name) => canonicalJson(a[name]) !== canonicalJson(b[name]))
    .map((field) => ({ field, expected: a[field], found: b[field] }));
  if (comparePositions(expected.position, stored.position) !== 0) {
    differences.push({
      field: 'position',
      expected: formatPosition(expected.position),
      found: formatPosition(stored.position),
    });
  }
  if (expected.storeId !== stored.storeId) {
    differences.push({ field: 'storeId', expected: expected.storeId, found: stored.storeId });
  }
  return differences.length > 0 ? { key, kind: 'different', differences } : undefined;
}

/**
 * Whether a stored document is the fold to the order of its fields. Another order is no mismatch;
 * it remains where a late event was applied after events that had overtaken it.
 */
export function hasSameFieldOrder(
  expected: DocumentWrite | undefined,
  stored: StoredDocument | undefined,
): boolean {
  return JSON.stringify(expected?.body) === JSON.stringify(stored?.body);
}
