import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { DomainError, NotFoundError } from '../../kernel/errors.ts';
import { plusMs } from '../../kernel/instant.ts';
import { unreachable } from '../../kernel/invariant.ts';
import { type UserCommand, userCommands } from './commands.ts';
import type { UserEvent } from './events.ts';
import { evolveUser } from './evolve.ts';
import { initialUserState, type KnownUser, type UserState } from './state.ts';

/** A week to accept an invitation. */
const INVITATION_MS = 7 * 86_400_000;

type Data<Type extends UserCommand['type']> = Extract<UserCommand, { type: Type }>['data'];

/**
 * Decides a command to a user.
 * @throws NotFoundError user_not_found.
 * @throws DomainError user_exists, user_deleted, user_not_deleted, user_erased, and invalid_token
 *   for an invitation that was used or replaced.
 */
export function decideUser(
  command: UserCommand,
  state: UserState,
  context: CommandContext,
): readonly UserEvent[] {
  const userId = context.entityId;
  if (command.type === 'InviteUser') {
    const invited = added('UserInvited', command.data, state, userId);
    return [...invited, issued(userId, 1, context)];
  }
  if (command.type === 'RegisterUser') {
    const { passwordDigest: _, ...person } = command.data;
    return added('UserRegistered', person, state, userId);
  }
  if (state.status === 'none') {
    throw new NotFoundError('user_not_found', `there is no user ${userId}`, { userId });
  }
  if (command.type === 'ErasePersonalData') {
    if (state.isErased) return [];
    return [{ type: 'UserDataErased', data: { userId, reason: command.data.reason } }];
  }
  if (state.isErased) {
    throw new DomainError('user_erased', `the data of user ${userId} was erased`, { userId });
  }
  if (command.type === 'RestoreUser') return restore(state);
  if (state.status === 'deleted') {
    throw new DomainError('user_deleted', `the user ${userId} is deleted`, { userId });
  }
  switch (command.type) {
    case 'InviteAgain':
      return [issued(userId, state.secrets.invitation + 1, context)];
    case 'AcceptInvitation':
      return accept(command.data, state);
    case 'ChangeUser':
      return [{ type: 'UserChanged', data: changed(command.data, state) }];
    case 'ChangePassword':
      return [{ type: 'UserPasswordChanged', data: { userId } }];
    case 'ChangePin':
      return [{ type: 'UserPinChanged', data: { userId } }];
    case 'RemovePin':
      return [{ type: 'UserPinRemoved', data: { userId } }];
    case 'DeleteUser':
      return [{ type: 'UserDeleted', data: { userId } }];
    default:
      return unreachable(command);
  }
}

function added(
  type: 'UserInvited' | 'UserRegistered',
  { grants, ...personal }: Data<'InviteUser'>,
  state: UserState,
  userId: string,
): UserEvent[] {
  if (state.status === 'none') return [{ type, data: { userId, grants: [...grants], personal } }];
  throw new DomainError('user_exists', `the user ${userId} exists already`, { userId });
}

function issued(userId: string, generation: number, { now }: CommandContext): UserEvent {
  const expiresAt = plusMs(now, INVITATION_MS);
  return { type: 'UserInvitationIssued', data: { userId, generation, expiresAt } };
}

/** The person of an invitation registers; a user who has registered gets another password. */
function accept(
  { invitation, passwordDigest: _, ...names }: Data<'AcceptInvitation'>,
  state: KnownUser,
): UserEvent[] {
  const { userId, grants } = state;
  if (invitation !== state.secrets.invitation) {
    const message = 'expected an invitation that was not used';
    throw new DomainError('invalid_token', message, { given: true });
  }
  if (state.status === 'active') {
    return [{ type: 'UserPasswordChanged', data: { userId } }];
  }
  const personal = { ...state.personal, ...names };
  return [{ type: 'UserRegistered', data: { userId, grants, personal } }];
}

function changed(data: Data<'ChangeUser'>, state: KnownUser) {
  const { userId, personal: previous, grants, isActive } = state;
  const { email, firstName, lastName } = data;
  return {
    userId,
    grants: [...(data.grants ?? grants)],
    isActive: data.isActive ?? isActive,
    previous: { grants, isActive },
    personal: { ...previous, ...omitUndefined({ email, firstName, lastName }), previous },
  };
}

function restore({ status, userId }: KnownUser): UserEvent[] {
  if (status === 'deleted') return [{ type: 'UserRestored', data: { userId } }];
  throw new DomainError('user_not_deleted', `the user ${userId} is not deleted`, { userId });
}

/** One aggregate per user. Passwords and tokens stand in the vault. */
export const userDecider: Decider<UserState, UserCommand, UserEvent> = {
  category: 'user',
  version: 3,
  initialState: initialUserState,
  commands: userCommands,
  personal: {
    commandFields: ['email', 'firstName', 'lastName', 'passwordDigest', 'pinDigest'],
  },
  decide: decideUser,
  evolve: evolveUser,
};
