import { type AppendOutcome, MAX_APPEND_BYTES } from '../../ports/event-log.ts';

/** Nothing was stored because the log cannot be used now; a retry may succeed. */
export function unavailable(error: Error): AppendOutcome {
  return { outcome: 'failed', reason: 'unavailable', retryable: true, error };
}

/** Nothing was stored, and no retry can change that. */
export function tooLarge(error: Error): AppendOutcome & { readonly outcome: 'failed' } {
  return { outcome: 'failed', reason: 'too-large', retryable: false, error };
}

/** Undefined when an append of that size is allowed. */
export function refusalOfSize(sizeBytes: number): AppendOutcome | undefined {
  if (sizeBytes <= MAX_APPEND_BYTES) return undefined;
  return tooLarge(
    new Error(`expected at most ${MAX_APPEND_BYTES} bytes in one append, found ${sizeBytes}`),
  );
}
