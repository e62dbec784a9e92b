import { Type } from '@sinclair/typebox';

import {
  commandRecipient,
  type RecipientResult,
} from '../../../commands/notifications/recipients.ts';
import { Id } from '../../../domain/kernel/schema.ts';
import type { RecipientCommand } from '../../../domain/notifications/index.ts';
import { PreferencesSchema } from '../../../projections/notifications/preferences/document.ts';
import {
  findPreferences,
  listPreferences,
} from '../../../projections/notifications/preferences/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse, writeResult, writtenAt } from '../../responses.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import { pageOf, pageQuery, written } from '../../schemas.ts';
import { sequenceOf } from '../../sequence-of.ts';
import type { Services } from '../../services.ts';
import { PreferencesBody, RestoreBody } from './schemas.ts';
import { tag } from './send.ts';

/** @throws DomainError invalid_request. */
function run(
  request: ApiRequest<unknown, unknown, unknown>,
  services: Services,
  personId: string,
  command: RecipientCommand,
): Promise<RecipientResult> {
  return commandRecipient(sequenceOf(request, services), personId, command, (decider, id, asked) =>
    request.execute(decider, id, asked),
  );
}

export const preferenceRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/notification-preferences',
    operationId: 'changePreferences',
    summary: 'Change what a person is notified of, and how',
    description: 'What is absent stays as it is. `alert` cannot be opted out of.',
    tag,
    permission: 'notifications:send',
    body: PreferencesBody,
    status: 200,
    response: Type.Object({ personId: Id, ...written }),
    write: true,
    revisioned: true,
    example: {
      personId: 'customer-marta-0001',
      language: 'es',
      choices: [{ topic: 'marketing', channel: 'email', allowed: true }],
    },
    async handle(request, services) {
      const { personId, ...data } = request.body;
      const result = await run(request, services, personId, {
        type: 'ChangePreferences',
        data: { ...data, via: 'staff' },
      });
      return { ...writeResult(200, result), body: { personId, ...writtenAt(result) } };
    },
  }),
  route({
    method: 'post',
    path: '/notification-preferences/restore',
    operationId: 'restoreAddress',
    summary: 'Send to an address again to which messages came back',
    tag,
    permission: 'notifications:send',
    body: RestoreBody,
    status: 200,
    response: Type.Object({ personId: Id, ...written }),
    write: true,
    revisioned: true,
    example: { personId: 'customer-marta-0001', channel: 'email' },
    async handle(request, services) {
      const { personId, ...data } = request.body;
      const command = { type: 'RestoreAddress', data } as const;
      const result = await run(request, services, personId, command);
      return { ...writeResult(200, result), body: { personId, ...writtenAt(result) } };
    },
  }),
  query({
    path: '/notification-preferences',
    operationId: 'listPreferences',
    summary: 'What people are notified of, the last change first',
    tag,
    permission: 'deliveries:read',
    query: Type.Object(pageQuery),
    response: pageOf(PreferencesSchema),
    async read({ query: page, reads }) {
      return pageResponse(await listPreferences(reads, page));
    },
  }),
  query({
    path: '/notification-preferences/:personId',
    operationId: 'getPreferences',
    summary: 'What a person is notified of',
    tag,
    permission: 'deliveries:read',
    params: Type.Object({ personId: Id }),
    response: PreferencesSchema,
    errors: ['not_found'],
    revision: ({ revision }) => revision,
    async read({ params: { personId }, reads }) {
      const preferences = await findPreferences(reads, personId);
      return orNotFound(preferences, 'not_found', `choice of ${personId}`);
    },
  }),
];
