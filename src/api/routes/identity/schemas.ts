import { Type } from '@sinclair/typebox';

import {
  Email,
  FirstName,
  Grants,
  LastName,
  MAX_PASSWORD_LENGTH,
} from '../../../domain/identity/index.ts';
import { described, Id, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import { USER_STATUSES } from '../../../projections/identity/users/document.ts';
import { written } from '../../schemas.ts';

const MAX_TOKEN_LENGTH = 2_048;

export const UserParams = Type.Object({ userId: Id });

/** Its strength is checked by the rules for passwords, not by a schema. */
export const Password = Type.String({
  minLength: 1,
  maxLength: MAX_PASSWORD_LENGTH,
  writeOnly: true,
});
export const Pin = Type.String({
  pattern: '^[0-9]{4,8}$',
  writeOnly: true,
  description: '4 to 8 digits, neither all the same nor in a row.',
});
export const Token = Type.String({
  minLength: 1,
  maxLength: MAX_TOKEN_LENGTH,
  writeOnly: true,
});

const names = { firstName: optional(FirstName), lastName: optional(LastName) };

/** bcrypt up to a cost of 14, or Argon2id up to 97 MiB: a sign-in must not take seconds. */
const PasswordHash = Type.String({
  maxLength: 200,
  writeOnly: true,
  pattern:
    '^([$]2[aby][$](0[4-9]|1[0-4])[$][./A-Za-z0-9]{53}|[$]argon2id[$]v=19[$]m=[0-9]{4,5},t=[1-9],p=[1-4][$][A-Za-z0-9+/]{11,86}[$][A-Za-z0-9+/]{22,86})$',
  description: 'Instead of a password: its hash by bcrypt or Argon2id, from another system.',
});

export const CreateUserBody = strict({
  email: Email,
  ...names,
  roles: Grants,
  password: optional(described(Password, 'Absent: the person is invited to choose one.')),
  passwordHash: optional(PasswordHash),
});

export const ChangeUserBody = strict(
  {
    email: optional(Email),
    ...names,
    roles: optional(Grants),
    isActive: optional(Type.Boolean({ description: 'False: the user cannot sign in.' })),
  },
  { minProperties: 1, description: 'What is absent stays as it is.' },
);

export const UserBody = {
  userId: Type.String(),
  status: oneOf(USER_STATUSES),
  isActive: Type.Boolean(),
  email: Type.String(),
  ...{ firstName: optional(Type.String()), lastName: optional(Type.String()) },
  roles: Grants,
};

const InvitationBody = Type.Object(
  {
    token: Type.String({ description: 'Give it to the person: it can be used once.' }),
    expiresAt: Type.String(),
  },
  { description: 'For `POST /auth/register`.' },
);

export const UserResponse = Type.Object({ ...UserBody, ...written });
export const CreatedUserResponse = Type.Object({
  ...UserBody,
  ...written,
  invitation: optional(InvitationBody),
});
export const InvitationResponse = InvitationBody;

export const TokensResponse = Type.Object({
  accessToken: Type.String({ description: 'For `Authorization: Bearer`.' }),
  tokenType: oneOf(['Bearer']),
  expiresInS: Type.Integer({ description: 'Seconds until the access token expires.' }),
  refreshToken: Type.String({ description: 'For `POST /auth/refresh`; it can be used once.' }),
});

export const LoginResponse = Type.Object({
  ...TokensResponse.properties,
  user: Type.Object(UserBody),
});
