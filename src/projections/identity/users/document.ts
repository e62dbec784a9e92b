import { type Static, Type } from '@sinclair/typebox';

import { Grants } from '../../../domain/identity/users/events.ts';
import { described, Instant, oneOf, optional } from '../../../domain/kernel/schema.ts';

export const USER_STATUSES = ['invited', 'active', 'deleted'] as const;

/** A user as administrators see it. Passwords and tokens are never part of it. */
export const UserSchema = Type.Object(
  {
    userId: Type.String(),
    revision: Type.Integer(),
    status: oneOf(USER_STATUSES, 'An invited user has no password yet.'),
    isActive: Type.Boolean({ description: 'False: the user cannot sign in.' }),
    email: Type.String(),
    firstName: optional(Type.String()),
    lastName: optional(Type.String()),
    roles: Grants,
    createdAt: described(Instant, 'When the user was added.'),
    updatedAt: described(Instant, 'Time of the last change.'),
    createdBy: described(Type.String(), 'The caller that added the user.'),
    deletedAt: optional(described(Instant, 'When the user was deleted.')),
    erasedAt: optional(described(Instant, 'When the e-mail address and the names were erased.')),
    deletedBy: optional(described(Type.String(), 'The caller that deleted the user.')),
  },
  { additionalProperties: false, $id: 'User' },
);

export type User = Static<typeof UserSchema>;

/** As it is stored: with the form of the address by which it is found. */
export interface StoredUser extends User {
  readonly emailKey: string;
  /** Whether it is active, as queries compare it. */
  readonly active: 0 | 1;
}
