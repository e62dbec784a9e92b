import { Type } from '@sinclair/typebox';

import { DailySalesSchema } from '../../../projections/reports/daily-sales/document.ts';
import { readDailySales } from '../../../projections/reports/daily-sales/queries.ts';
import { route, type Route } from '../../route.ts';
import { pageResponse } from '../../responses.ts';
import { EVERYONE } from '../../roles.ts';
import { daysQuery, pageOf, pageQuery } from '../../schemas.ts';

const dailySalesReport = route({
  method: 'get',
  path: '/reports/daily-sales',
  operationId: 'readDailySales',
  summary: 'Sales, money taken and accounts by business day',
  description: 'Days on which nothing happened are left out. Both ends are inclusive.',
  tag: 'Reports',
  access: EVERYONE,
  query: Type.Object({ ...daysQuery, ...pageQuery }),
  status: 200,
  response: pageOf(DailySalesSchema),
  write: false,
  readModels: ['daily-sales'],
  async handle({ query, reads }) {
    const { limit, cursor, ...days } = query;
    return {
      status: 200,
      body: pageResponse(await readDailySales(reads, days, { limit, cursor })),
    };
  },
});

export const reportRoutes: readonly Route[] = [dailySalesReport];
