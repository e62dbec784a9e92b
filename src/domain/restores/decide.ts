import type { Decider } from '../kernel/decider.ts';
import { type RestoreCommand, restoreCommands } from './commands.ts';
import { FIRST_GENERATION, type RestoreEvent } from './events.ts';

/** The one entity of the system store whose events these are. */
export const LOG_ENTITY = 'log';

export interface RestoreState {
  readonly generation: number;
}

/**
 * A restored log forgets what it promised after the copy was made. Its generation says so to
 * everything that must not be promised twice (S9, F1).
 */
export const restoreDecider: Decider<RestoreState, RestoreCommand, RestoreEvent> = {
  category: 'restore',
  version: 1,
  initialState: { generation: FIRST_GENERATION },
  commands: restoreCommands,
  decide({ data: { reason } }, { generation }, { now: restoredAt }) {
    const data = { generation: generation + 1, reason, restoredAt };
    return [{ type: 'LogRestored', data }];
  },
  evolve: (_state, { data: { generation } }) => ({ generation }),
};
