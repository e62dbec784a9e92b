import {
  ERASED_PERSON,
  type UserEvent,
  type UserPersonal,
} from '../../../domain/identity/users/events.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { documentKey } from '../../../domain/kernel/names.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { StoredUser, User } from './document.ts';

type Followed = UserEvent | CommandRefused;

export function userKey(storeId: string, userId: string): string {
  return documentKey(storeId, userId);
}

/** By this, addresses are found without regard to case. */
export function emailKeyOf(email: string): string {
  return email.normalize('NFKC').toLowerCase();
}

export const users: Projection<StoredUser, Followed> = {
  name: 'users',
  version: 2,
  collection: 'users',
  indexes: [
    { name: 'by_email', fields: ['emailKey'] },
    { name: 'by_status', fields: ['status', 'emailKey'] },
    { name: 'by_activity', fields: ['active', 'emailKey'] },
  ],
  feed: 'devices',
  ...perEntity('user'),
  evolve(user, event) {
    const next = change(user, event);
    return next && { ...next, active: next.isActive ? 1 : 0, revision: event.revision };
  },
};

/** The user as people see it, for its past moments. */
export const userAsOf: Projection<User, Followed> = {
  ...users,
  evolve(user, event, key) {
    const next = users.evolve(user && { ...user, emailKey: '', active: 0 }, event, key);
    return next && withoutKeys(next);
  },
};

export function withoutKeys({ emailKey: _key, active: _active, ...user }: StoredUser): User {
  return user;
}

function change(
  user: StoredUser | undefined,
  event: RecordedEvent & Followed,
): StoredUser | undefined {
  if (event.type === 'CommandRefused') return user;
  if (event.type === 'UserInvited') return added(user, event, 'invited');
  if (event.type === 'UserRegistered') return added(user, event, 'active');
  if (!user) throw new InvariantError('a user to exist first', { type: event.type });
  const next = { ...user, updatedAt: event.recordedAt };
  switch (event.type) {
    case 'UserChanged': {
      const { personal, grants, isActive } = event.data;
      const { previous: _, ...rest } = personal;
      return { ...next, ...contact(rest), roles: grants, isActive };
    }
    case 'UserInvitationIssued':
    case 'UserPasswordChanged':
    case 'UserPinChanged':
    case 'UserPinRemoved':
      return next;
    case 'UserDeleted':
      return {
        ...next,
        status: 'deleted',
        deletedAt: event.recordedAt,
        deletedBy: event.metadata.actor.id,
      };
    case 'UserDataErased': {
      const { firstName: _first, lastName: _last, ...rest } = next;
      const { recordedAt, metadata } = event;
      const deleted = { deletedAt: recordedAt, deletedBy: metadata.actor.id, ...rest };
      return { ...deleted, ...contact(ERASED_PERSON), status: 'deleted', erasedAt: recordedAt };
    }
    case 'UserRestored': {
      const { deletedAt: _at, deletedBy: _by, ...rest } = next;
      return { ...rest, status: rest.firstName === undefined ? 'invited' : 'active' };
    }
  }
}

function added(
  user: StoredUser | undefined,
  {
    data,
    recordedAt,
    revision,
    metadata,
  }: RecordedEvent & Extract<UserEvent, { type: 'UserInvited' | 'UserRegistered' }>,
  status: 'invited' | 'active',
): StoredUser {
  return {
    userId: data.userId,
    revision,
    status,
    isActive: true,
    active: 1,
    ...contact(data.personal),
    roles: data.grants,
    createdAt: user?.createdAt ?? recordedAt,
    createdBy: user?.createdBy ?? metadata.actor.id,
    updatedAt: recordedAt,
  };
}

function contact(personal: UserPersonal) {
  return { ...personal, emailKey: emailKeyOf(personal.email) };
}
