import { invariant, unreachable } from '../../kernel/invariant.ts';
import { ERASED_PERSON, type UserEvent } from './events.ts';
import type { KnownUser, SecretGenerations, UserState } from './state.ts';

/** The user after an event. @throws InvariantError for an event that does not fit the user. */
export function evolveUser(state: UserState, event: UserEvent): UserState {
  if (event.type === 'UserInvited') return added(state, event, 'invited');
  if (event.type === 'UserRegistered') return added(state, event, 'active');
  invariant(state.status !== 'none', 'a user to exist first', { type: event.type });
  switch (event.type) {
    case 'UserChanged': {
      const { personal, grants, isActive } = event.data;
      const { previous: _, ...rest } = personal;
      return { ...state, personal: rest, grants, isActive };
    }
    case 'UserInvitationIssued':
      return withSecrets(state, { invitation: event.data.generation });
    case 'UserPasswordChanged': {
      const { password, invitation } = state.secrets;
      const next = withSecrets(state, { password: password + 1, invitation: invitation + 1 });
      return { ...next, generation: state.generation + 1 };
    }
    case 'UserPinChanged':
    case 'UserPinRemoved':
      return withSecrets(state, { pin: state.secrets.pin + 1 });
    case 'UserDeleted':
      return { ...state, status: 'deleted', generation: state.generation + 1 };
    case 'UserDataErased':
      return {
        ...state,
        status: 'deleted',
        personal: ERASED_PERSON,
        isErased: true,
        generation: state.generation + 1,
      };
    case 'UserRestored':
      return { ...state, status: state.registered ? 'active' : 'invited' };
    default:
      return unreachable(event);
  }
}

function added(
  state: UserState,
  { data }: Extract<UserEvent, { type: 'UserInvited' | 'UserRegistered' }>,
  status: 'invited' | 'active',
): KnownUser {
  const isNew = state.status === 'none' || (state.status === 'invited' && status === 'active');
  invariant(isNew, 'a user to be added once', { userId: data.userId, status: state.status });
  const { userId, personal, grants } = data;
  const registered = status === 'active';
  // A person who registers has used the invitation.
  const invitation = state.status === 'none' ? 0 : state.secrets.invitation + 1;
  const secrets = { password: 0, pin: state.status === 'none' ? 0 : state.secrets.pin, invitation };
  return { status, userId, personal, grants, isActive: true, registered, generation: 0, secrets };
}

function withSecrets(state: KnownUser, changed: Partial<SecretGenerations>): KnownUser {
  return { ...state, secrets: { ...state.secrets, ...changed } };
}
