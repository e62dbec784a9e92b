import { type ErrorKind, TillstreamError } from '../../domain/kernel/errors.ts';
import { RefusedError } from './command-engine.ts';

/** A later version may decide it. */
const UNDECIDED: readonly ErrorKind[] = ['internal', 'unreadable'];

/** Whether the rules have refused the command finally, so that a retry gets the same result. */
export function isFinalRefusal(error: unknown): error is TillstreamError {
  if (!(error instanceof TillstreamError) || error.retryable) return false;
  return error instanceof RefusedError || !UNDECIDED.includes(error.kind);
}
