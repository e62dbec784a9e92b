import { Type } from '@sinclair/typebox';

import { NotFoundError } from '../../../domain/kernel/errors.ts';
import { parsePosition } from '../../../domain/kernel/position.ts';
import { HistoryEntrySchema } from '../../../projections/history/document.ts';
import { readChain, readHistory } from '../../../projections/history/queries.ts';
import { answered } from '../../pipeline/reads.ts';
import { query } from '../../query.ts';
import type { Route } from '../../route.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import { sourceOf, timeOf } from './source.ts';
import { pageOf } from '../../schemas.ts';
import { ChainAnswer, HistoryQuery, PositionText } from './schemas.ts';

const tag = 'History';

const listHistory = query({
  path: '/history',
  operationId: 'listHistory',
  summary: 'Events of the shop in the order in which they were recorded',
  description:
    'All filters that are given must hold. A page looks at a bounded part of the log: it may hold fewer events than asked for, even none; go on while there is a nextCursor.',
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
  summary: 'One event with what led to it and what came of it',
  tag,
  permission: 'history:read',
  params: Type.Object({ position: PositionText }),
  response: ChainAnswer,
  errors: ['not_found'],
  async read(request, services) {
    const { position } = request.params;
    const at = parsePosition(position);
    const chain = at && (await answered(() => readChain(sourceOf(request, services), at)));
    const { event, causes, effects, complete } = orNotFound(
      chain,
      'not_found',
      `event at ${position}`,
    );
    return { event, causes: [...causes], effects: [...effects], complete };
  },
});

export const historyRoutes: readonly Route[] = [listHistory, getEvent];
