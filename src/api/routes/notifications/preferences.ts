import { Type } from '@sinclair/typebox';

import { Id } from '../../../domain/kernel/schema.ts';
import { recipientDecider } from '../../../domain/notifications/index.ts';
import { PreferencesSchema } from '../../../projections/notifications/preferences/document.ts';
import {
  findPreferences,
  listPreferences,
} from '../../../projections/notifications/preferences/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse, writeResult, writtenAt } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { pageOf, pageQuery, written } from '../../schemas.ts';
import { PreferencesBody, RestoreBody } from './schemas.ts';
import { tag } from './send.ts';

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
    async handle(request) {
      const { personId, ...data } = request.body;
      const result = await request.execute(recipientDecider, personId, {
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
    async handle(request) {
      const { personId, ...data } = request.body;
      const command = { type: 'RestoreAddress', data } as const;
      const result = await request.execute(recipientDecider, personId, command);
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
    async read({ params: { personId }, reads, caller }) {
      const preferences = await findPreferences(reads, caller.shop.id, personId);
      return orNotFound(preferences, 'not_found', `choice of ${personId}`);
    },
  }),
];
