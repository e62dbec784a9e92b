import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { optional, strict } from '../../kernel/schema.ts';
import { Email, ErasureReason, FirstName, Grants, LastName } from './events.ts';

const names = {
  firstName: optional(FirstName),
  lastName: optional(LastName),
};

export const userCommands = defineCommands({
  InviteUser: strict({ email: Email, ...names, grants: Grants }),
  /** A user with a password from the start, without an invitation. */
  RegisterUser: strict({ email: Email, ...names, grants: Grants }),
  AcceptInvitation: strict({ firstName: FirstName, lastName: optional(LastName) }),
  ChangeUser: strict(
    {
      email: optional(Email),
      ...names,
      grants: optional(Grants),
      isActive: optional(Type.Boolean({ description: 'False: the user cannot sign in.' })),
    },
    { minProperties: 1, description: 'What is absent stays as it is.' },
  ),
  ChangePassword: strict({}),
  ChangePin: strict({}),
  RemovePin: strict({}),
  DeleteUser: strict({}),
  RestoreUser: strict({}),
  ErasePersonalData: strict({ reason: ErasureReason }),
});

export type UserCommand = CommandOf<typeof userCommands>;
