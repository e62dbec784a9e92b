import { Type } from '@sinclair/typebox';

import {
  assertStrongPassword,
  assertStrongPin,
  FirstName,
  type KnownUser,
  LastName,
  userDecider,
} from '../../../domain/identity/index.ts';
import { NotFoundError } from '../../../domain/kernel/errors.ts';
import { described, optional, strict } from '../../../domain/kernel/schema.ts';
import { query } from '../../query.ts';
import { writeResult } from '../../responses.ts';
import { type ApiRequest, type Caller, type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';
import { knownUser, userBody, userResponse } from './responses.ts';
import { Password, Pin, UserBody, UserResponse } from './schemas.ts';
import { signInRequest } from './user-command.ts';

const own = { tag: 'Sign-in', permission: 'profile:own' } as const;

/** @throws NotFoundError user_not_found for an API key or device, which has no profile. */
function ownId({ actor }: Caller): string {
  if (actor.kind === 'user') return actor.id;
  throw new NotFoundError('user_not_found', `expected a signed-in user, found a ${actor.kind}`);
}

async function ownUser(
  { caller }: ApiRequest<unknown, unknown, unknown>,
  { identity }: Services,
): Promise<KnownUser> {
  const user = await identity.users.read(caller.shop.id, ownId(caller));
  if (user.status !== 'none') return user;
  throw new NotFoundError('user_not_found', 'there is no such user');
}

const profile = (path: string, operationId: string): Route =>
  query({
    ...own,
    path,
    operationId,
    summary: 'The signed-in user, with its roles',
    response: Type.Object(UserBody),
    errors: ['user_not_found'],
    waits: false,
    read: async (request, services) => userBody(await ownUser(request, services)),
  });

export const profileRoutes: readonly Route[] = [
  profile('/auth/profile', 'getProfile'),
  profile('/users/profile', 'getOwnUser'),
  route({
    ...own,
    method: 'put',
    path: '/auth/profile',
    operationId: 'changeProfile',
    summary: 'Change the own name',
    body: strict(
      { firstName: optional(FirstName), lastName: optional(LastName) },
      { minProperties: 1, description: 'What is absent stays as it is.' },
    ),
    status: 200,
    response: UserResponse,
    write: true,
    revisioned: true,
    example: { firstName: 'Ana María' },
    errors: ['user_not_found', 'user_deleted'],
    async handle(request) {
      const command = { type: 'ChangeUser', data: request.body } as const;
      const result = await request.execute(userDecider, ownId(request.caller), command);
      return { ...writeResult(200, result), body: userResponse(result) };
    },
  }),
  route({
    ...own,
    method: 'put',
    path: '/auth/password',
    operationId: 'changePassword',
    summary: 'Change the own password; all sessions end',
    body: strict({
      currentPassword: described(Password, 'The password so far.'),
      newPassword: described(Password, 'The password from now on.'),
    }),
    status: 200,
    response: UserResponse,
    write: true,
    revisioned: true,
    example: { currentPassword: 'seven wet umbrellas', newPassword: 'eight dry umbrellas' },
    errors: ['user_not_found', 'invalid_credentials', 'weak_password', 'too_many_attempts'],
    async handle(request, services) {
      const user = await ownUser(request, services);
      const { caller, body } = request;
      const { identity } = services;
      const storeId = caller.shop.id;
      const { email, firstName = '', lastName = '' } = user.personal;
      assertStrongPassword(body.newPassword, [email, firstName, lastName]);
      const asked = signInRequest(request);
      await identity.confirmPassword(storeId, user, body.currentPassword, asked);
      const { userId } = user;
      const next = { storeId, userId, generation: user.secrets.password + 1 };
      const hash = await identity.passwords.prepare(next, body.newPassword);
      const passwordDigest = await identity.passwords.digestOf(storeId, body.newPassword);
      const command = { type: 'ChangePassword', data: { passwordDigest } } as const;
      const result = await request.execute(userDecider, userId, command);
      const generation = knownUser(result.state).secrets.password;
      await identity.passwords.take({ storeId, userId, generation }, hash);
      return { ...writeResult(200, result), body: userResponse(result) };
    },
  }),
  route({
    ...own,
    method: 'put',
    path: '/auth/pin',
    operationId: 'changePin',
    summary: 'Choose the own PIN for devices',
    body: strict({ currentPassword: described(Password, 'The password.'), pin: Pin }),
    status: 200,
    response: UserResponse,
    write: true,
    revisioned: true,
    example: { currentPassword: 'seven wet umbrellas', pin: '4711' },
    errors: ['user_not_found', 'invalid_credentials', 'weak_pin', 'too_many_attempts'],
    async handle(request, services) {
      const user = await ownUser(request, services);
      const { caller, body } = request;
      const { identity } = services;
      const storeId = caller.shop.id;
      assertStrongPin(body.pin);
      const asked = signInRequest(request);
      await identity.confirmPassword(storeId, user, body.currentPassword, asked);
      const { userId } = user;
      const pinDigest = await identity.pins.digestOf(storeId, body.pin);
      const command = { type: 'ChangePin', data: { pinDigest } } as const;
      const result = await request.execute(userDecider, userId, command);
      const generation = knownUser(result.state).secrets.pin;
      await identity.pins.set({ storeId, userId, generation }, body.pin);
      return { ...writeResult(200, result), body: userResponse(result) };
    },
  }),
  route({
    ...own,
    method: 'post',
    path: '/auth/logout',
    operationId: 'logout',
    summary: 'Sign out: the session and its tokens end',
    body: strict({}),
    status: 200,
    response: Type.Object({ status: Type.Literal('signed-out') }),
    write: false,
    example: {},
    errors: ['store_unavailable'],
    async handle(request, { identity }) {
      const { shop, sessionId } = request.caller;
      if (sessionId !== undefined) {
        await identity.logout(shop.id, sessionId, signInRequest(request));
      }
      return { status: 200, body: { status: 'signed-out' as const } };
    },
  }),
];
