import { Type } from '@sinclair/typebox';

import { NotFoundError } from '../../../domain/kernel/errors.ts';
import { parsePosition } from '../../../domain/kernel/position.ts';
import { HistoryEntrySchema } from '../../../projections/history/document.ts';
import { readChain, readHistory } from '../../../projections/history/queries.ts';
import { answered } from '../../pipeline/reads.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { pageOf } from '../../schemas.ts';
import { ChainResponse, HistoryQuery, PositionText } from './schemas.ts';
import { sourceOf, timeOf } from './source.ts';

const tag = 'History';

const listHistory = query({
  path: '/history',
  operationId: 'listHistory',
  summary: 'Events of the shop, oldest first',
  description:
    'An event must match all filters. A page scans a bounded part of the log: it may have fewer events than `limit`, even none; continue while there is a `nextCursor`.',
  tag,
  permission: 'history:read',
  query: HistoryQuery,
  response: pageOf(HistoryEntrySchema),
  errors: ['not_found'],
  async read(request, services) {
    const { limit, cursor, from, to, after, ...filter } = request.query;
    const { stream } = filter;
    const storeId = request.caller.shop.id;
    if (stream !== undefined && !new RegExp(`^[a-z]+-${storeId}[.]`).test(stream)) {
      throw new NotFoundError('not_found', `this shop has no stream ${stream}`);
    }
    const page = await answered(() =>
      readHistory(
        sourceOf(request, services),
        {
          ...filter,
          from: from && timeOf(from),
          to: to && timeOf(to),
          after: after === undefined ? undefined : parsePosition(after),
        },
        { limit, cursor },
      ),
    );
    return pageResponse(page);
  },
});

const getEvent = query({
  path: '/history/events/:position',
  operationId: 'getEvent',
  summary: 'One event with its causes and effects',
  tag,
  permission: 'history:read',
  params: Type.Object({ position: PositionText }),
  response: ChainResponse,
  errors: ['not_found'],
  async read(request, services) {
    const { position } = request.params;
    const parsed = parsePosition(position);
    const chain = parsed && (await answered(() => readChain(sourceOf(request, services), parsed)));
    const { event, causes, effects, complete } = orNotFound(
      chain,
      'not_found',
      `event at ${position}`,
    );
    return { event, causes: [...causes], effects: [...effects], complete };
  },
});

export const historyRoutes: readonly Route[] = [listHistory, getEvent];
