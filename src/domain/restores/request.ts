import type { Actor } from '../kernel/event.ts';
import { SYSTEM_STORE } from '../kernel/names.ts';
import { LOG_ENTITY } from './decide.ts';

export interface Restore {
  readonly commandId: string;
  readonly correlationId: string;
  readonly actor: Actor;
  /** From which copy, or why. */
  readonly reason: string;
  /** In UTC. */
  readonly now: string;
}

/** The request that records that the log is an older copy, for the command engine. */
export function restoreRequest({ commandId, correlationId, actor, reason, now }: Restore) {
  return {
    command: { type: 'RecordRestore' as const, data: { reason } },
    context: {
      ...{ storeId: SYSTEM_STORE, entityId: LOG_ENTITY, commandId },
      ...{ now, businessDay: now.slice(0, 10) },
    },
    actor,
    correlationId,
    causationId: correlationId,
  };
}
