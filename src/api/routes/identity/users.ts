import { Type } from '@sinclair/typebox';

import {
  assertStrongPassword,
  assertStrongPin,
  Email,
  type UserCommand,
  userCommands,
  userDecider,
} from '../../../domain/identity/index.ts';
import { DomainError } from '../../../domain/kernel/errors.ts';
import { assertCovered } from '../../../domain/kernel/permissions.ts';
import { described, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import { USER_STATUSES, UserSchema } from '../../../projections/identity/users/document.ts';
import { findUser, listUsers } from '../../../projections/identity/users/queries.ts';
import { commandRoutes } from '../../command.ts';
import { query } from '../../query.ts';
import { eventOf, findEvent, orNotFound, pageResponse, writeResult } from '../../responses.ts';
import { type Caller, type Route, route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';
import type { Services } from '../../services.ts';
import { knownUser, tag, userResponse } from './responses.ts';
import {
  ChangeUserBody,
  CreatedUserResponse,
  CreateUserBody,
  InvitationResponse,
  Pin,
  UserParams,
  UserResponse,
} from './schemas.ts';

const permission = 'users:manage';

const userCommand = commandRoutes({
  tag,
  decider: userDecider,
  commands: userCommands,
  id: 'userId',
  response: UserResponse,
  respond: userResponse,
});

/**
 * An administrator cannot lock itself out: another one has to.
 * @throws DomainError forbidden.
 */
function assertOther({ actor }: Caller, userId: string): void {
  if (actor.kind !== 'user' || actor.id !== userId) return;
  throw new DomainError('forbidden', 'expected another user than the own one');
}

/**
 * A caller that could act as the user must hold what the user may do.
 * @throws DomainError forbidden.
 */
async function assertCoversUser(
  { grants, shop }: Caller,
  userId: string,
  { identity }: Services,
): Promise<void> {
  const user = await identity.users.read(shop.id, userId);
  if (user.status !== 'none') assertCovered(grants, user.grants);
}

export const userRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/users',
    operationId: 'createUser',
    summary: 'Add a user, or invite one',
    description:
      'Without a password, the response has an invitation: give its token to the person, who registers with it. Callers give only roles whose permissions they hold.',
    tag,
    permission,
    body: CreateUserBody,
    status: 201,
    response: CreatedUserResponse,
    write: true,
    revisioned: true,
    located: true,
    sensitive: true,
    example: { email: 'ana@shop.example', firstName: 'Ana', roles: [{ role: 'waiter' }] },
    errors: ['email_taken', 'weak_password'],
    async handle(request, { identity }) {
      const { roles: grants, password, passwordHash, ...personal } = request.body;
      const { email, firstName = '', lastName = '' } = personal;
      assertCovered(request.caller.grants, grants);
      if (password !== undefined) assertStrongPassword(password, [email, firstName, lastName]);
      const storeId = request.caller.shop.id;
      const userId = request.newEntityId();
      const data = { ...personal, grants };
      const secret = password ?? passwordHash;
      const command: UserCommand =
        secret === undefined
          ? { type: 'InviteUser', data }
          : {
              type: 'RegisterUser',
              data: { ...data, passwordDigest: await identity.passwords.digestOf(storeId, secret) },
            };
      const result = await identity.emails.give({ storeId, userId, email, adds: true }, () =>
        request.execute(userDecider, userId, command),
      );
      const credential = { storeId, userId, generation: 0 };
      if (password !== undefined) await identity.passwords.set(credential, password);
      else if (passwordHash !== undefined) await identity.passwords.take(credential, passwordHash);
      const issued = findEvent(result, 'UserInvitationIssued')?.data;
      const { commandId } = request;
      const invitation =
        issued && (await identity.invitations.issue({ storeId, commandId, ...issued }));
      return {
        ...writeResult(201, result),
        location: `/users/${userId}`,
        body: { ...userResponse(result), ...(invitation && { invitation }) },
      };
    },
  }),
  query({
    path: '/users',
    operationId: 'listUsers',
    summary: 'Users by e-mail address',
    tag,
    permission,
    query: Type.Object({
      status: optional(oneOf(USER_STATUSES)),
      isActive: optional(Type.Boolean()),
      email: optional(described(Email, 'Without regard to case.')),
      ...pageQuery,
    }),
    response: pageOf(UserSchema),
    read: async ({ query: { limit, cursor, ...filter }, reads }) =>
      pageResponse(await listUsers(reads, filter, { limit, cursor })),
  }),
  query({
    path: '/users/:userId',
    operationId: 'getUser',
    summary: 'A user with its roles',
    tag,
    permission,
    params: UserParams,
    response: UserSchema,
    errors: ['user_not_found'],
    revision: ({ revision }) => revision,
    read: async ({ params: { userId }, reads, caller }) =>
      orNotFound(await findUser(reads, caller.shop.id, userId), 'user_not_found', 'such user'),
  }),
  route({
    method: 'put',
    path: '/users/:userId',
    operationId: 'changeUser',
    summary: 'Change the address, name, roles or activity of a user',
    description: 'An administrator cannot change the own roles or activity.',
    tag,
    permission,
    params: UserParams,
    body: ChangeUserBody,
    status: 200,
    response: UserResponse,
    write: true,
    revisioned: true,
    example: { roles: [{ role: 'manager', branchId: 'center' }] },
    errors: ['user_not_found', 'user_deleted', 'email_taken'],
    async handle(request, services) {
      const { identity } = services;
      const { body, params, caller } = request;
      const { userId } = params;
      const { roles: grants, ...rest } = body;
      if (grants || rest.isActive === false) assertOther(caller, userId);
      if (grants) assertCovered(caller.grants, grants);
      if (rest.isActive === true) await assertCoversUser(caller, userId, services);
      const storeId = caller.shop.id;
      const data = { ...rest, ...(grants && { grants }) };
      const result = await identity.emails.give({ storeId, userId, email: rest.email }, () =>
        request.execute(userDecider, userId, { type: 'ChangeUser', data }),
      );
      return { ...writeResult(200, result), body: userResponse(result) };
    },
  }),
  route({
    method: 'delete',
    path: '/users/:userId',
    operationId: 'deleteUser',
    summary: 'Delete a user: it cannot sign in, and its history stays',
    tag,
    permission,
    params: UserParams,
    status: 200,
    response: UserResponse,
    write: true,
    revisioned: true,
    errors: ['user_not_found', 'user_deleted'],
    async handle(request) {
      const { userId } = request.params;
      assertOther(request.caller, userId);
      const result = await request.execute(userDecider, userId, { type: 'DeleteUser', data: {} });
      return { ...writeResult(200, result), body: userResponse(result) };
    },
  }),
  userCommand('RestoreUser', {
    path: '/users/:userId/restore',
    operationId: 'restoreUser',
    summary: 'Restore a deleted user',
    permission,
    example: {},
    errors: ['user_not_found', 'user_not_deleted'],
    async rules({ params, caller }, services) {
      await assertCoversUser(caller, params['userId'] ?? '', services);
      return userDecider;
    },
  }),
  route({
    method: 'delete',
    path: '/users/:userId/personal-data',
    operationId: 'eraseUserData',
    summary: 'Erase the e-mail address and names of a user for ever',
    description:
      'Nothing shows them afterwards, neither the history nor a later export or backup. The user is deleted and cannot be restored; what it did stays under its id.',
    tag,
    permission,
    params: UserParams,
    body: userCommands.schemas.ErasePersonalData,
    status: 200,
    response: UserResponse,
    write: true,
    revisioned: true,
    example: { reason: 'request of the person' },
    errors: ['user_not_found'],
    async handle(request, { erasure, logger }) {
      const { userId } = request.params;
      assertOther(request.caller, userId);
      const command = { type: 'ErasePersonalData', data: request.body } as const;
      const result = await request.execute(userDecider, userId, command);
      const { stream, position } = result;
      try {
        await erasure.complete(stream, position);
      } catch (error) {
        // It is recorded, so the process completes it.
        logger.warn({ stream, error: String(error) }, 'erased data of a user is not destroyed yet');
      }
      return { ...writeResult(200, result), body: userResponse(result) };
    },
  }),
  route({
    method: 'put',
    path: '/users/:userId/pin',
    operationId: 'setUserPin',
    summary: 'Set the PIN with which a user signs in at devices',
    tag,
    permission,
    params: UserParams,
    body: strict({ pin: Pin }),
    status: 200,
    response: UserResponse,
    write: true,
    revisioned: true,
    example: { pin: '4711' },
    errors: ['user_not_found', 'user_deleted', 'weak_pin'],
    async handle(request, services) {
      const { identity } = services;
      const { params, body, caller } = request;
      assertStrongPin(body.pin);
      const { userId } = params;
      await assertCoversUser(caller, userId, services);
      const storeId = caller.shop.id;
      const data = { pinDigest: await identity.pins.digestOf(storeId, body.pin) };
      const result = await request.execute(userDecider, userId, { type: 'ChangePin', data });
      const generation = knownUser(result.state).secrets.pin;
      await identity.pins.set({ storeId, userId, generation }, body.pin);
      return { ...writeResult(200, result), body: userResponse(result) };
    },
  }),
  route({
    method: 'delete',
    path: '/users/:userId/pin',
    operationId: 'removeUserPin',
    summary: 'Remove the PIN of a user',
    tag,
    permission,
    params: UserParams,
    status: 200,
    response: UserResponse,
    write: true,
    revisioned: true,
    errors: ['user_not_found', 'user_deleted'],
    async handle(request, { identity }) {
      const { userId } = request.params;
      const result = await request.execute(userDecider, userId, { type: 'RemovePin', data: {} });
      const generation = knownUser(result.state).secrets.pin;
      await identity.pins.clear({ storeId: request.caller.shop.id, userId, generation });
      return { ...writeResult(200, result), body: userResponse(result) };
    },
  }),
  route({
    method: 'post',
    path: '/users/:userId/invitation',
    operationId: 'inviteAgain',
    summary: 'A new invitation, also to replace a forgotten password',
    description: 'The invitation before it, if any, cannot be used any more.',
    tag,
    permission,
    params: UserParams,
    body: strict({}),
    status: 201,
    response: InvitationResponse,
    write: true,
    revisioned: true,
    sensitive: true,
    example: {},
    errors: ['user_not_found', 'user_deleted'],
    async handle(request, services) {
      const { params, caller, commandId } = request;
      const { userId } = params;
      await assertCoversUser(caller, userId, services);
      const command = { type: 'InviteAgain', data: {} } as const;
      const result = await request.execute(userDecider, userId, command);
      const { data } = eventOf(result, 'UserInvitationIssued');
      const storeId = caller.shop.id;
      const body = await services.identity.invitations.issue({ storeId, commandId, ...data });
      return { ...writeResult(201, result), body };
    },
  }),
];
