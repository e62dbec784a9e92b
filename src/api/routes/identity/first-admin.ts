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
import { tokenUsed, userCommandRequest } from './user-command.ts';

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
  errors: [
    ...(['invalid_token', 'weak_password', 'email_taken', 'command_in_flight'] as const),
    ...(['overloaded', 'store_unavailable'] as const),
  ],
  async handle({ body, ...request }, services) {
    const { identity, commands } = services;
    const { token, password, ...personal } = body;
    const { email, firstName, lastName = '' } = personal;
    assertStrongPassword(password, [email, firstName, lastName]);
    const found = await identity.firstAdmin.find(token);
    const { storeId, userId } = found;
    const passwordDigest = await identity.passwords.digestOf(storeId, password);
    const data = { ...personal, grants: [{ role: 'admin' as const }], passwordDigest };
    const command = { type: 'RegisterUser', data } as const;
    const asked = userCommandRequest(services, request, { ...found, command });
    const { state } = await identity.emails
      .give({ storeId, userId, email, adds: true }, () => commands.execute(userDecider, asked))
      .catch(tokenUsed);
    await identity.passwords.set({ storeId, userId, generation: 0 }, password);
    await identity.firstAdmin.close(storeId);
    return { status: 201, body: userBody(knownUser(state)) };
  },
});
