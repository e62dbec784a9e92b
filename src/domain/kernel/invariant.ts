import { InvariantError } from './errors.ts';

/**
 * A promise the code makes to itself. Stays on in production; a breach stops the processor, not the
 * data.
 */
export function invariant(
  condition: unknown,
  expectation: string,
  found: Readonly<Record<string, unknown>> = {},
): asserts condition {
  if (!condition) throw new InvariantError(expectation, found);
}

/** Ends an exhaustive switch: it compiles only while every case is handled. */
export function unreachable(value: never): never {
  throw new InvariantError('case is handled', { value });
}
