import { userDecider, type UserState } from '../../domain/identity/index.ts';
import { streamName } from '../../domain/kernel/names.ts';
import { loadStream } from '../../engine/commands/load-stream.ts';
import { noSnapshots } from '../../engine/commands/snapshots.ts';
import type { AnyDecider } from '../../engine/commands/stream-state.ts';
import type { IdentityOptions } from './options.ts';

/** Users as the log has them now: no read model is old enough to let a deleted user in. */
export interface UserReader {
  read(storeId: string, userId: string): Promise<UserState>;
}

export function createUserReader({
  log,
  types,
  turns,
}: Pick<IdentityOptions, 'log' | 'types' | 'turns'>): UserReader {
  const decider = userDecider as unknown as AnyDecider<UserState>;
  return {
    async read(storeId, userId) {
      const stream = streamName(userDecider.category, storeId, userId);
      const { state } = await loadStream({ log, turns }, stream, decider, types, noSnapshots);
      return state;
    },
  };
}
