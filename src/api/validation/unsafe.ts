import type { Violation } from '../problem.ts';
import { pointerTo } from './json-pointer.ts';

/** Control characters but line feed and tab, and halves of surrogate pairs. */
// eslint-disable-next-line no-control-regex -- the expression is to find them
const UNSAFE_TEXT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/u;

/**
 * Checks any JSON for problems outside the schemas: text that cannot be shown or stored, numbers
 * beyond the exact range of JSON, names with a meaning to the language, and deep nesting.
 */
export function isSafe(value: unknown, maxDepth: number): boolean {
  if (typeof value === 'string') return !UNSAFE_TEXT.test(value);
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  if (value === null || typeof value !== 'object') return true;
  if (maxDepth === 0) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isSafe(item, maxDepth - 1)) return false;
    return true;
  }
  for (const name in value) {
    if (name === '__proto__' || UNSAFE_TEXT.test(name)) return false;
    if (!isSafe((value as Record<string, unknown>)[name], maxDepth - 1)) return false;
  }
  return true;
}

export interface UnsafeLimits {
  readonly maxDepth: number;
  readonly maxFindings: number;
}

/** Each unsafe value with its place, for the response to a request that `isSafe` rejected. */
export function findUnsafe(
  value: unknown,
  part: Violation['in'],
  { maxDepth, maxFindings }: UnsafeLimits,
): Violation[] {
  const found: Violation[] = [];
  const note = (path: string, message: string) => found.push({ in: part, path, message });

  function visit(item: unknown, path: string, depth: number): void {
    if (found.length >= maxFindings) return;
    if (typeof item === 'string' && UNSAFE_TEXT.test(item)) {
      note(path, 'expected text without control characters and lone surrogates');
    } else if (typeof item === 'number' && Math.abs(item) > Number.MAX_SAFE_INTEGER) {
      note(path, 'expected a number from -9007199254740991 to 9007199254740991');
    } else if (item !== null && typeof item === 'object') {
      if (depth === 0) note(path, `expected at most ${maxDepth} levels of nesting`);
      else visitParts(item, path, depth);
    }
  }

  function visitParts(item: object, path: string, depth: number): void {
    for (const [name, part] of Object.entries(item)) {
      const pointer = pointerTo(path, name);
      if (name === '__proto__' || UNSAFE_TEXT.test(name)) note(pointer, 'expected no such field');
      else visit(part, pointer, depth - 1);
    }
  }

  visit(value, '', maxDepth);
  return found;
}
