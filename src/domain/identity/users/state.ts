import type { UserGrants, UserPersonal } from './events.ts';

/**
 * Which of the secrets that a user has had are the ones of now. The vault stores each with its
 * number, so that a late repeat of a command cannot bring an earlier one back.
 */
export interface SecretGenerations {
  readonly password: number;
  readonly pin: number;
  /** Of the last invitation, or beyond it when that one was used. */
  readonly invitation: number;
}

/** A user after at least one event. */
export interface KnownUser {
  readonly status: 'invited' | 'active' | 'deleted';
  readonly userId: string;
  readonly personal: UserPersonal;
  readonly grants: UserGrants;
  readonly isActive: boolean;
  /** The personal data was erased: the user is deleted for ever. */
  readonly isErased?: true;
  /** Whether the user had registered before it was deleted. */
  readonly registered: boolean;
  /** Increments when all sessions end: a session is valid in the generation that it began in. */
  readonly generation: number;
  readonly secrets: SecretGenerations;
}

export type UserState = { readonly status: 'none' } | KnownUser;

export const initialUserState: UserState = { status: 'none' };

/** Whether the user may sign in and act. */
export function canSignIn(state: UserState): state is KnownUser {
  return state.status === 'active' && state.isActive;
}
