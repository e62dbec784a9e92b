import type { EngineContext } from './context.ts';

/** The pause before try number `attempt` (from 0), in ms: exponential, jittered, bounded. */
export function backOffMs({ limits, ids }: EngineContext, attempt: number): number {
  const maxMs = Math.min(limits.retryInitialMs * 2 ** attempt, limits.retryMaxMs);
  return maxMs * (0.5 + ids.random() / 2);
}
