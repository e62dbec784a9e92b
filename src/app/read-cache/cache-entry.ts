import {
  comparePositions,
  formatPosition,
  parsePosition,
  type Position,
} from '../../domain/kernel/position.ts';

/** A cached body with what it was read from. */
export interface CacheEntry {
  /** The log and the collections that it was read from: another generation makes it unusable. */
  readonly from: string;
  /** It includes everything up to here. */
  readonly at: Position;
  readonly untilMs: number;
  /** JSON. */
  readonly text: string;
}

/** What a read of now would be made of. */
export type CacheSource = Pick<CacheEntry, 'from' | 'at'>;

/** As text for the shared cache: a line about the body, then the body. */
export function encodeEntry({ from, at, untilMs, text }: CacheEntry): string {
  return `${JSON.stringify([from, formatPosition(at), untilMs])}\n${text}`;
}

/** Undefined when the text is no entry: of another version, or damaged. */
export function decodeEntry(value: string): CacheEntry | undefined {
  const end = value.indexOf('\n');
  try {
    const parts = JSON.parse(value.slice(0, Math.max(0, end))) as unknown;
    if (!Array.isArray(parts)) return undefined;
    const [from, at, untilMs] = parts as unknown[];
    const position = typeof at === 'string' ? parsePosition(at) : undefined;
    if (typeof from !== 'string' || !position || typeof untilMs !== 'number') return undefined;
    const text = value.slice(end + 1);
    JSON.parse(text);
    return { from, at: position, untilMs, text };
  } catch {
    return undefined;
  }
}

/**
 * Whether the entry may answer a read that wants everything up to a position. One from ahead of
 * this instance is left out as well: it can be of a log that was restored to an earlier state.
 */
export function isUsable(
  entry: CacheEntry,
  source: CacheSource,
  wanted: Position | undefined,
  nowMs: number,
): boolean {
  if (entry.from !== source.from || nowMs >= entry.untilMs) return false;
  if (comparePositions(entry.at, source.at) > 0) return false;
  return wanted === undefined || comparePositions(entry.at, wanted) >= 0;
}
