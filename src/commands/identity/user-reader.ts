import { userDecider, type UserState } from '../../domain/identity/index.ts';
import type { IdentityOptions } from './options.ts';

/** Users as the log has them now: no read model is old enough to let a deleted user in. */
export interface UserReader {
  read(storeId: string, userId: string): Promise<UserState>;
}

export function createUserReader({ commands }: Pick<IdentityOptions, 'commands'>): UserReader {
  return {
    read: async (storeId, userId) => (await commands.load(userDecider, storeId, userId)).state,
  };
}
