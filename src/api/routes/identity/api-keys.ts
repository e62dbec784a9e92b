import { Type } from '@sinclair/typebox';

import {
  apiKeyCommands,
  apiKeyDecider,
  type ApiKeyEvent,
  type ApiKeyState,
  type KnownApiKey,
} from '../../../domain/identity/index.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import { assertCovered } from '../../../domain/kernel/permissions.ts';
import { described, Id, Instant, optional } from '../../../domain/kernel/schema.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import { type ApiKey, ApiKeySchema } from '../../../projections/identity/api-keys/document.ts';
import { findApiKey, listApiKeys } from '../../../projections/identity/api-keys/queries.ts';
import { query } from '../../query.ts';
import { eventOf, orNotFound, pageResponse, writeResult, writtenAt } from '../../responses.ts';
import { type Caller, type Route, route } from '../../route.ts';
import { pageOf, pageQuery, written } from '../../schemas.ts';
import type { Services } from '../../services.ts';

const tag = 'API keys';
const permission = 'keys:manage';
const params = Type.Object({ keyId: Id });

const { name, role, branchId, scopes, expiresAt, keyId, status } = ApiKeySchema.properties;
const KeyBody = { keyId, status, name, role, branchId, scopes, expiresAt };
const KeyResponse = Type.Object({ ...KeyBody, ...written });
const SecretResponse = Type.Object({
  ...KeyBody,
  ...written,
  key: Type.String({ description: 'The key. It is shown only now, and to repeats.' }),
  previousUntil: optional(described(Instant, 'The key before is valid until then.')),
});
const ListedKey = Type.Object({
  ...ApiKeySchema.properties,
  lastUsedAt: optional(described(Instant, 'The last use, to the minute; absent: never used.')),
});

type Result = CommandResult<ApiKeyState, ApiKeyEvent>;

function knownKey(state: ApiKeyState): KnownApiKey {
  if (state.status === 'none') throw new InvariantError('a key after its command');
  return state;
}

function keyBody({ generation: _, scopes: limited, ...key }: KnownApiKey) {
  return { ...key, ...(limited && { scopes: [...limited] }) };
}

const keyResponse = (result: Result) => ({
  ...keyBody(knownKey(result.state)),
  ...writtenAt(result),
});

async function withLastUse(key: ApiKey, caller: Caller, { identity }: Services) {
  const lastUsedAt = await identity.lastUse.find({ storeId: caller.shop.id, id: key.keyId });
  return { ...key, ...(lastUsedAt !== undefined && { lastUsedAt }) };
}

export const apiKeyRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/keys',
    operationId: 'createApiKey',
    summary: 'Add an API key for a machine',
    description:
      'The key is shown only in this response. It can do no more than the caller: `scopes` limits it to some permissions of its role.',
    tag,
    permission,
    body: apiKeyCommands.schemas.AddApiKey,
    status: 201,
    response: SecretResponse,
    write: true,
    revisioned: true,
    located: true,
    sensitive: true,
    example: { name: 'accounting export', role: 'viewer', scopes: ['orders:read'] },
    errors: ['invalid_scope', 'expired_already'],
    async handle(request, { identity }) {
      const { body, caller, commandId } = request;
      assertCovered(caller.grants, [body]);
      const storeId = caller.shop.id;
      const newId = request.newEntityId();
      const command = { type: 'AddApiKey', data: body } as const;
      const result = await request.execute(apiKeyDecider, newId, command);
      const key = await identity.apiKeys.secretOf(storeId, newId, commandId);
      await identity.apiKeys.store({ storeId, keyId: newId }, key, { generation: 0 });
      return {
        ...writeResult(201, result),
        location: `/keys/${newId}`,
        body: { ...keyResponse(result), key },
      };
    },
  }),
  query({
    path: '/keys',
    operationId: 'listApiKeys',
    summary: 'API keys that were added here, the oldest first',
    description: 'Without those of the shops file, which `tillstream keys list` shows.',
    tag,
    permission,
    query: Type.Object(pageQuery),
    response: pageOf(ListedKey),
    async read({ query: page, reads, caller }, services) {
      const found = await listApiKeys(reads, page);
      const items = found.items.map((key) => withLastUse(key, caller, services));
      return pageResponse({ ...found, items: await Promise.all(items) });
    },
  }),
  query({
    path: '/keys/:keyId',
    operationId: 'getApiKey',
    summary: 'An API key, and when it was used last',
    tag,
    permission,
    params,
    response: ListedKey,
    errors: ['api_key_not_found'],
    revision: ({ revision }) => revision,
    async read({ params: { keyId: id }, reads, caller }, services) {
      const found = await findApiKey(reads, caller.shop.id, id);
      return withLastUse(orNotFound(found, 'api_key_not_found', 'such key'), caller, services);
    },
  }),
  route({
    method: 'post',
    path: '/keys/:keyId/rotate',
    operationId: 'rotateApiKey',
    summary: 'Give a key another secret; both are valid for a while',
    description: 'Change the machines in that time, 24 hours by default.',
    tag,
    permission,
    params,
    body: apiKeyCommands.schemas.RotateApiKey,
    status: 200,
    response: SecretResponse,
    write: true,
    revisioned: true,
    sensitive: true,
    example: { overlapHours: 24 },
    errors: ['api_key_not_found', 'api_key_revoked'],
    async handle(request, { identity, commands }) {
      const { caller, commandId, body } = request;
      const storeId = caller.shop.id;
      const { keyId: id } = request.params;
      const { state } = await commands.load(apiKeyDecider, storeId, id);
      if (state.status === 'active') assertCovered(caller.grants, [state]);
      const command = { type: 'RotateApiKey', data: body } as const;
      const result = await request.execute(apiKeyDecider, id, command);
      const { generation, previousUntil } = eventOf(result, 'ApiKeyRotated').data;
      const key = await identity.apiKeys.secretOf(storeId, id, commandId);
      await identity.apiKeys.store({ storeId, keyId: id }, key, { generation, previousUntil });
      return { ...writeResult(200, result), body: { ...keyResponse(result), key, previousUntil } };
    },
  }),
  route({
    method: 'delete',
    path: '/keys/:keyId',
    operationId: 'revokeApiKey',
    summary: 'Revoke a key: it is not valid any more within a second',
    tag,
    permission,
    params,
    status: 200,
    response: KeyResponse,
    write: true,
    revisioned: true,
    errors: ['api_key_not_found', 'api_key_revoked'],
    async handle(request, { identity }) {
      const { keyId: id } = request.params;
      const command = { type: 'RevokeApiKey', data: {} } as const;
      const result = await request.execute(apiKeyDecider, id, command);
      await identity.apiKeys.remove(request.caller.shop.id, id);
      return { ...writeResult(200, result), body: keyResponse(result) };
    },
  }),
];
