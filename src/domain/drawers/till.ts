import type { Decider } from '../kernel/decider.ts';
import { ConflictError } from '../kernel/errors.ts';
import { type TillCommand, tillCommands } from './commands.ts';
import type { TillEvent } from './events.ts';

/** The drawer session that has a till, or had it last, and since when. */
export interface TillState {
  readonly drawerId: string | null;
  readonly claimedAt: string | null;
}

/**
 * A till of a shop: one stream each, so that two sessions can never be opened at it together.
 * `from` is the session that had it before and does not need it any more.
 * @throws ConflictError drawer_in_use, with the session that has it; nothing is recorded.
 */
export const tillDecider: Decider<TillState, TillCommand, TillEvent> = {
  category: 'till',
  version: 1,
  initialState: { drawerId: null, claimedAt: null },
  commands: tillCommands,
  decide({ data }, { drawerId: holder }, { entityId: tillId, now: claimedAt }) {
    const { drawerId, from } = data;
    if (holder === drawerId) return [];
    if (holder !== null && holder !== from) throw tillInUse(tillId, holder);
    return [{ type: 'TillClaimed', data: { tillId, drawerId, claimedAt } }];
  },
  evolve: (_state, { data: { drawerId, claimedAt } }) => ({ drawerId, claimedAt }),
};

/** The error of a till that another session has. */
export function tillInUse(tillId: string, drawerId: string): ConflictError {
  const message = `till ${tillId} has the open drawer session ${drawerId}`;
  return new ConflictError('drawer_in_use', message, { tillId, drawerId });
}
