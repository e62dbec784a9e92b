import { Type } from '@sinclair/typebox';

import { described, Id, optional } from '../../../domain/kernel/schema.ts';
import { HistoryEntrySchema } from '../../../projections/history/document.ts';
import { findSystemEvent, readSystemHistory } from '../../../projections/history/queries.ts';
import { answered } from '../../pipeline/reads.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';
import { Order } from './schemas.ts';

const common = { tag: 'Operation', permission: 'system:operate', waits: false } as const;

/** What the system recorded about itself, and what operators did. */
export const systemHistoryRoutes: readonly Route[] = [
  query({
    ...common,
    path: '/history/system',
    operationId: 'listSystemEvents',
    summary: 'Skips, gaps, repairs, rebuilds and pauses of read models',
    query: Type.Object({
      projection: optional(described(Id, 'Only those of this read model or feed.')),
      type: optional(described(Id, 'Only this type of event, such as EventSkipped.')),
      order: optional(Order),
      ...pageQuery,
    }),
    response: pageOf(HistoryEntrySchema),
    async read({ query: { limit, cursor, ...filter }, caller }, services) {
      const source = { ...services, storeId: caller.shop.id };
      const page = answered(() => readSystemHistory(source, filter, { limit, cursor }));
      return pageResponse(await page);
    },
  }),
  query({
    ...common,
    path: '/history/system/:event',
    operationId: 'getSystemEvent',
    summary: 'One event of the system',
    params: Type.Object({ event: described(Id, 'Its position or its id.') }),
    response: HistoryEntrySchema,
    errors: ['not_found'],
    async read({ params: { event }, caller }, services) {
      const source = { ...services, storeId: caller.shop.id };
      const found = await answered(() => findSystemEvent(source, event));
      return orNotFound(found, 'not_found', `system event ${event}`);
    },
  }),
];
