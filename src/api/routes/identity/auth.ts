import { Type } from '@sinclair/typebox';

import {
  assertStrongPassword,
  Email,
  FirstName,
  LastName,
  userDecider,
} from '../../../domain/identity/index.ts';
import { Id, optional, strict } from '../../../domain/kernel/schema.ts';
import { type Route, route } from '../../route.ts';
import { knownUser, tokensBody, userBody } from './responses.ts';
import { LoginResponse, Password, Token, TokensResponse, UserBody } from './schemas.ts';
import { signInRequest, tokenUsed, userCommandRequest } from './user-command.ts';

const open = {
  method: 'post',
  tag: 'Sign-in',
  permission: 'public',
  status: 200,
  write: false,
  sensitive: true,
  limiters: ['login'],
} as const;

const LIMITED = ['too_many_attempts', 'overloaded', 'store_unavailable'] as const;

export const authRoutes: readonly Route[] = [
  route({
    ...open,
    path: '/auth/login',
    operationId: 'login',
    summary: 'Sign in with e-mail address and password',
    description:
      'The access token is valid for 15 minutes, the refresh token for 7 days. The response is the same for an address that does not exist.',
    body: strict({
      email: Email,
      password: Password,
      storeId: optional({ ...Id, description: 'The shop; needed where there are several.' }),
    }),
    response: LoginResponse,
    example: { email: 'ana@shop.example', password: 'seven wet umbrellas' },
    errors: ['invalid_credentials', ...LIMITED],
    async handle({ body, ...request }, { identity }) {
      const { email, password, storeId } = body;
      const login = { email, password, storeId };
      const { user, ...tokens } = await identity.login(login, signInRequest(request));
      return { status: 200, body: { ...tokensBody(tokens), user: userBody(user) } };
    },
  }),
  route({
    ...open,
    limiters: ['refresh'],
    path: '/auth/refresh',
    operationId: 'refreshTokens',
    summary: 'Exchange a refresh token for new tokens',
    description:
      'A refresh token can be used once. If it comes again, one of two holders has stolen it: the session ends, and both must sign in.',
    body: strict({ refreshToken: Token }),
    response: TokensResponse,
    example: { refreshToken: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' },
    errors: ['invalid_token', 'token_expired', 'store_unavailable'],
    async handle({ body, ...request }, { identity }) {
      const tokens = await identity.refresh(body.refreshToken, signInRequest(request));
      return { status: 200, body: tokensBody(tokens) };
    },
  }),
  route({
    ...open,
    path: '/auth/register',
    operationId: 'register',
    summary: 'Register with an invitation, or choose another password with one',
    body: strict({
      token: { ...Token, description: 'The invitation.' },
      password: Password,
      firstName: FirstName,
      lastName: optional(LastName),
    }),
    status: 201,
    response: Type.Object(UserBody),
    example: {
      token: 'inv_main_0123456789abcdef_0123456789abcdef',
      password: 'seven wet umbrellas',
      firstName: 'Ana',
      lastName: 'Ruiz',
    },
    errors: [
      ...(['invalid_token', 'weak_password', 'user_deleted', 'command_in_flight'] as const),
      ...(['overloaded', 'store_unavailable'] as const),
    ],
    async handle({ body, ...request }, services) {
      const { identity, commands } = services;
      const { token, password, ...names } = body;
      const invitation = await identity.invitations.find(token);
      const { storeId, userId, generation } = invitation;
      const user = knownUser(await identity.users.read(storeId, userId));
      const { email } = user.personal;
      assertStrongPassword(password, [email, names.firstName, names.lastName ?? '']);
      const { password: last } = user.secrets;
      // Of a user who has registered it ends the password so far; else it is the first one.
      const next = { storeId, userId, generation: user.registered ? last + 1 : last };
      const hash = await identity.passwords.prepare(next, password);
      const passwordDigest = await identity.passwords.digestOf(storeId, password);
      const data = { ...names, invitation: generation, passwordDigest };
      const command = { type: 'AcceptInvitation', data } as const;
      const commandId = `invitation-${generation}`;
      const asked = { storeId, userId, commandId, command };
      const { state } = await commands
        .execute(userDecider, userCommandRequest(services, request, asked))
        .catch(tokenUsed);
      const registered = knownUser(state);
      const credential = { storeId, userId, generation: registered.secrets.password };
      await identity.passwords.take(credential, hash);
      await identity.invitations.consume(invitation);
      return { status: 201, body: userBody(registered) };
    },
  }),
];
