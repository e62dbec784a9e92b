import { isPrintable } from '../../lib/printable-text.ts';
import type { Violation } from '../problem.ts';
import { pointerTo } from './json-pointer.ts';

/**
 * Checks any JSON for what schemas do not express: texts with control characters (tabs and line
 * ends are allowed), numbers that lost digits in JSON, field names with a meaning in JavaScript,
 * and nesting deeper than `maxDepth`.
 */
export function isSafe(value: unknown, maxDepth: number): boolean {
  if (typeof value === 'string') return isPrintable(value);
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  if (value === null || typeof value !== 'object') return true;
  if (maxDepth === 0) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isSafe(item, maxDepth - 1)) return false;
    return true;
  }
  for (const name in value) {
    if (name === '__proto__' || !isPrintable(name)) return false;
    if (!isSafe((value as Record<string, unknown>)[name], maxDepth - 1)) return false;
  }
  return true;
}

export interface UnsafeLimits {
  readonly maxDepth: number;
  readonly maxFindings: number;
}

/** The violations in a value that `isSafe` rejects, each with its JSON pointer. */
export function findUnsafe(
  value: unknown,
  part: Violation['in'],
  { maxDepth, maxFindings }: UnsafeLimits,
): Violation[] {
  const found: Violation[] = [];
  const note = (path: string, message: string) => found.push({ in: part, path, message });

  function visit(item: unknown, path: string, depth: number): void {
    if (found.length >= maxFindings) return;
    if (typeof item === 'string' && !isPrintable(item)) {
      note(
        path,
        'expected text without control characters (tabs and line ends are allowed) and lone surrogates',
      );
    } else if (typeof item === 'number' && Math.abs(item) > Number.MAX_SAFE_INTEGER) {
      note(path, 'expected a number from -9007199254740991 to 9007199254740991');
    } else if (item !== null && typeof item === 'object') {
      if (depth === 0) note(path, `expected at most ${maxDepth} levels of nesting`);
      else visitParts(item, path, depth);
    }
  }

  function visitParts(item: object, path: string, depth: number): void {
    for (const [name, part] of Object.entries(item)) {
      const at = pointerTo(path, name);
      if (name === '__proto__' || !isPrintable(name)) note(at, 'expected no such field');
      else visit(part, at, depth - 1);
    }
  }

  visit(value, '', maxDepth);
  return found;
}
