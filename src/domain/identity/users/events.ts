import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import {
  described,
  eventData,
  Id,
  Instant,
  oneOf,
  optional,
  strict,
  Text,
} from '../../kernel/schema.ts';
import { USER_ROLES } from '../../kernel/shop.ts';

const MAX_GRANTS = 50;

export const ErasureReason = described(
  Text,
  'Why, such as the request of the person. Without personal data.',
);

export const Email = Type.String({
  maxLength: 255,
  pattern: '^[^\\s@]{1,64}@[^\\s@]{1,190}$',
  description: 'E-mail address; unique in the shop, without regard to case.',
});
export const FirstName = Type.String({ minLength: 1, maxLength: 100 });
export const LastName = Type.String({ maxLength: 100 });
export const BranchId = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description: 'A branch of the shop.',
});

export const Grants = Type.Array(
  strict({
    role: described(oneOf(USER_ROLES), 'The role.'),
    branchId: optional(described(BranchId, 'The branch; absent: the whole shop.')),
  }),
  { maxItems: MAX_GRANTS, description: 'Roles, each in one branch or in the whole shop.' },
);
export type UserGrants = Static<typeof Grants>;

const UserId = described(Id, 'The user.');
const person = {
  email: Email,
  firstName: optional(described(FirstName, 'First name.')),
  lastName: optional(described(LastName, 'Last name.')),
};
const Personal = strict(person, {
  description: 'E-mail address and names. Stored encrypted from version 2 on.',
});

/** What is left of a person whose data was erased. */
export const ERASED_PERSON: Static<typeof Personal> = { email: 'erased@erased.invalid' };

/** The stored form differs, not the event. */
function unchanged<Data>(data: Data): Data {
  return data;
}

export const userEvents = defineEvents({
  UserInvited: {
    version: 2,
    data: eventData('A person was invited, and can register with a one-time token.', {
      userId: UserId,
      grants: Grants,
      personal: Personal,
    }),
    upcasters: { 1: unchanged },
    personal: { erased: ERASED_PERSON },
  },
  UserRegistered: {
    version: 2,
    data: eventData('A user can sign in from now on.', {
      userId: UserId,
      grants: Grants,
      personal: Personal,
    }),
    upcasters: { 1: unchanged },
    personal: { erased: ERASED_PERSON },
  },
  UserChanged: {
    version: 2,
    data: eventData('The names, e-mail address, roles or activity of a user changed.', {
      userId: UserId,
      grants: Grants,
      isActive: Type.Boolean({ description: 'False: the user cannot sign in.' }),
      previous: strict(
        { grants: Grants, isActive: Type.Boolean({ description: 'As it was before.' }) },
        { description: 'Roles and activity before.' },
      ),
      personal: strict(
        { ...person, previous: Personal },
        {
          description:
            'Personal data of the user, with that of before. Encrypted from version 2 on.',
        },
      ),
    }),
    upcasters: { 1: unchanged },
    personal: { erased: { ...ERASED_PERSON, previous: ERASED_PERSON } },
  },
  UserInvitationIssued: eventData(
    'A person got a one-time token with which to choose a password.',
    {
      userId: UserId,
      generation: Type.Integer({ minimum: 1, description: 'The number of the invitation.' }),
      expiresAt: described(Instant, 'It is valid until then, unless another one is issued.'),
    },
  ),
  UserPasswordChanged: eventData('A user has another password; earlier sessions ended.', {
    userId: UserId,
  }),
  UserPinChanged: eventData('A user has another PIN for devices. The PIN stands in no event.', {
    userId: UserId,
  }),
  UserPinRemoved: eventData('A user has no PIN for devices any more.', { userId: UserId }),
  UserDeleted: eventData('A user was deleted. The history stays, and the user can be restored.', {
    userId: UserId,
  }),
  /** Who: the actor of the event. The key of the person is destroyed afterwards. */
  UserDataErased: {
    version: 1,
    data: eventData('E-mail address and names of the user were erased for ever.', {
      userId: UserId,
      reason: ErasureReason,
    }),
    upcasters: {},
    erases: true,
  },
  UserRestored: eventData('A deleted user is back, and can sign in again.', { userId: UserId }),
});

export type UserEvent = EventOf<typeof userEvents>;
export type UserPersonal = Static<typeof Personal>;
