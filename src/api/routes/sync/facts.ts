import { Type } from '@sinclair/typebox';

import { described, Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { SyncDeviceId } from '../../../domain/sync/index.ts';
import { DeviceFactSchema, LISTED_STATUSES } from '../../../projections/sync/facts/document.ts';
import { findFact, listFacts } from '../../../projections/sync/facts/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';

const tag = 'Sync';
const permission = 'facts:read';

export const factRoutes: readonly Route[] = [
  query({
    path: '/sync/facts',
    operationId: 'listFacts',
    summary: 'Facts that devices sent, newest first',
    description: 'With `status=rejected`: what was received and is not in the books.',
    tag,
    permission,
    query: Type.Object({
      deviceId: optional(SyncDeviceId),
      status: optional(oneOf(LISTED_STATUSES)),
      ...pageQuery,
    }),
    response: pageOf(DeviceFactSchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listFacts(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/sync/facts/:factId',
    operationId: 'getFact',
    summary: 'A fact that a device sent, and what became of it',
    tag,
    permission,
    params: Type.Object({ factId: described(Id, 'The id that the device gave it.') }),
    response: DeviceFactSchema,
    errors: ['fact_not_found'],
    revision: ({ revision }) => revision,
    async read({ params: { factId }, reads, caller }) {
      const found = await findFact(reads, caller.shop.id, factId);
      return orNotFound(found, 'fact_not_found', `fact ${factId}`);
    },
  }),
];
