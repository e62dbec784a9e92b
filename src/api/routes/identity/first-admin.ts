import { Type } from '@sinclair/typebox';

import {
  assertStrongPassword,
  Email,
  FirstName,
  LastName,
  userDecider,
} from '../../../domain/identity/index.ts';
import { optional, strict } from '../../../domain/kernel/schema.ts';
import { type Route, route } from '../../route.ts';
import { knownUser, userBody } from './responses.ts';
import { Password, Token, UserBody } from './schemas.ts';
import { userCommandRequest } from './user-command.ts';

export const firstAdminRoute: Route = route({
  method: 'post',
  path: '/auth/first-admin',
  operationId: 'createFirstAdmin',
  summary: 'Make the first administrator of a shop',
  description:
    'With the token of the link that a start prints while the shop has no user. It can be used once, for 24 hours.',
  tag: 'Sign-in',
  permission: 'public',
  write: false,
  sensitive: true,
  limiters: ['login'],
  status: 201,
  body: strict({
    token: { ...Token, description: 'The last part of the link, after `#`.' },
    email: Email,
    password: Password,
    firstName: FirstName,
    lastName: optional(LastName),
  }),
  response: Type.Object(UserBody),
  example: {
    token: 'setup_main_0123456789abcdef',
    email: 'ana@shop.example',
    password: 'seven wet umbrellas',
    firstName: 'Ana',
  },
  errors: ['invalid_token', 'weak_password', 'email_taken', 'overloaded', 'store_unavailable'],
  async handle({ body, ...request }, services) {
    const { identity, commands, ids } = services;
    const { token, password, ...personal } = body;
    const { email, firstName, lastName = '' } = personal;
    assertStrongPassword(password, [email, firstName, lastName]);
    const storeId = await identity.firstAdmin.take(token);
    const userId = ids.uuid();
    await identity.emails.reserve(storeId, email, userId);
    await identity.passwords.set(storeId, userId, password);
    const data = { ...personal, grants: [{ role: 'admin' as const }] };
    const command = { type: 'RegisterUser', data } as const;
    const { state } = await commands.execute(
      userDecider,
      userCommandRequest(services, request, { storeId, userId, command }),
    );
    return { status: 201, body: userBody(knownUser(state)) };
  },
});
