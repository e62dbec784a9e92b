import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { optional, strict } from '../../kernel/schema.ts';
import { Email, ErasureReason, FirstName, Grants, LastName } from './events.ts';

/** An HMAC, so that a repeat with another secret is recognised. It stands in no event. */
const SecretDigest = Type.String({ pattern: '^[0-9a-f]{64}$' });

const names = {
  firstName: optional(FirstName),
  lastName: optional(LastName),
};

export const userCommands = defineCommands({
  InviteUser: strict({ email: Email, ...names, grants: Grants }),
  /** A user with a password from the start, without an invitation. */
  RegisterUser: strict({
    email: Email,
    ...names,
    grants: Grants,
    passwordDigest: SecretDigest,
  }),
  /** Another invitation; the one before is not valid any more. */
  InviteAgain: strict({}),
  AcceptInvitation: strict({
    firstName: FirstName,
    lastName: optional(LastName),
    invitation: Type.Integer({ minimum: 0 }),
    passwordDigest: SecretDigest,
  }),
  ChangeUser: strict(
    {
      email: optional(Email),
      ...names,
      grants: optional(Grants),
      isActive: optional(Type.Boolean({ description: 'False: the user cannot sign in.' })),
    },
    { minProperties: 1, description: 'What is absent stays as it is.' },
  ),
  ChangePassword: strict({ passwordDigest: SecretDigest }),
  ChangePin: strict({ pinDigest: SecretDigest }),
  RemovePin: strict({}),
  DeleteUser: strict({}),
  RestoreUser: strict({}),
  ErasePersonalData: strict({ reason: ErasureReason }),
});

export type UserCommand = CommandOf<typeof userCommands>;
