/**
 * The API maps the `kind` to a status. Only `refused` is a business decision, which is recorded and
 * final. `retryable`: the same request may succeed later.
 */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'unknown'
  | 'conflict'
  | 'precondition'
  | 'too-large'
  | 'unsupported'
  | 'refused'
  | 'key-reused'
  | 'too-early'
  | 'throttled'
  /** Stored events that this code cannot read: no verdict on the command, and no retry helps. */
  | 'unreadable'
  | 'internal'
  /** Another system that this one called did not do its part. */
  | 'upstream'
  /** Something took longer than its limit. */
  | 'timeout'
  | 'unavailable';

export interface ErrorRow {
  readonly kind: ErrorKind;
  /** What is wrong, as the title of the problem. */
  readonly title: string;
  /** What the caller can do; Markdown of the reference page. */
  readonly remedy: string;
  readonly retryable: boolean;
}

export const RETRY = true;
export const row = (
  kind: ErrorKind,
  title: string,
  remedy: string,
  retryable: boolean = false,
): ErrorRow => ({ kind, title, remedy, retryable });
