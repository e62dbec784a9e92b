import { Type } from '@sinclair/typebox';

import { DailySalesSchema } from '../../../projections/reports/daily-sales/document.ts';
import { readDailySales } from '../../../projections/reports/daily-sales/queries.ts';
import { query } from '../../query.ts';
import { pageResponse } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { daysQuery, pageOf, pageQuery } from '../../schemas.ts';

export const reportRoutes: readonly Route[] = [
  query({
    path: '/reports/daily-sales',
    operationId: 'readDailySales',
    summary: 'Sales, payments and account movements by business day',
    description: 'Days without events are left out. Both ends are inclusive.',
    tag: 'Reports',
    permission: 'reports:read',
    query: Type.Object({ ...daysQuery, ...pageQuery }),
    response: pageOf(DailySalesSchema),
    async read({ query: { limit, cursor, ...days }, reads }) {
      return pageResponse(await readDailySales(reads, days, { limit, cursor }));
    },
  }),
];
