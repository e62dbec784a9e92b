import type { Tokens } from '../../../commands/identity/session-tokens.ts';
import type { KnownUser, UserEvent, UserState } from '../../../domain/identity/index.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import { writtenAt } from '../../responses.ts';

export const tag = 'Users';

/** A user as its own state has it, without a password or token. */
export function userBody({ userId, status, isActive, personal, grants }: KnownUser) {
  return { userId, status, isActive, ...personal, roles: [...grants] };
}

/** The user right after a command; the same for every repeat of it. */
export function userResponse(result: CommandResult<UserState, UserEvent>) {
  return { ...userBody(knownUser(result.state)), ...writtenAt(result) };
}

export function knownUser(state: UserState): KnownUser {
  if (state.status === 'none') throw new InvariantError('a user after its command');
  return state;
}

export function tokensBody({ accessToken, refreshToken, expiresInS }: Tokens) {
  return { accessToken, tokenType: 'Bearer' as const, expiresInS, refreshToken };
}
