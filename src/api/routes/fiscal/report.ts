import { Type } from '@sinclair/typebox';

import { newestOfSeries } from '../../../commands/fiscal/series.ts';
import { FiscalNumber, SeriesId } from '../../../domain/fiscal/index.ts';
import { formatInstant, parseInstant } from '../../../domain/kernel/instant.ts';
import { described, Instant, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { SyncDeviceId } from '../../../domain/sync/index.ts';
import { MAX_PAGE, type Reads } from '../../../engine/projections/reads.ts';
import { FiscalNumberSchema } from '../../../projections/fiscal/numbers/document.ts';
import { listNumbers, type NumberFilter } from '../../../projections/fiscal/numbers/queries.ts';
import { reportHead, reportLine } from '../../../projections/fiscal/report/queries.ts';
import { RequestError } from '../../problem.ts';
import { query } from '../../query.ts';
import { pageResponse } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';
import { assertSeries, tag } from './fiscal.ts';

/** Lines of one report. */
const MAX_LINES = 10_000;

const permission = 'fiscal:read';
const range = {
  from: optional(described(FiscalNumber, 'The first number.')),
  to: optional(described(FiscalNumber, 'The last number.')),
};

const numbers = query({
  path: '/fiscal/numbers',
  operationId: 'listFiscalNumbers',
  summary: 'Numbers of a series and what became of each, in their order',
  tag,
  permission,
  query: Type.Object({
    seriesId: optional(SeriesId),
    deviceId: optional(SyncDeviceId),
    isOpen: optional(oneOf(['yes', 'no'], '`yes`: nothing final is known of it.')),
    ...range,
    ...pageQuery,
  }),
  response: pageOf(FiscalNumberSchema),
  async read({ query: { limit, cursor, ...filter }, reads }) {
    return pageResponse(await listNumbers(reads, filter, { limit, cursor }));
  },
});

/** The numbers in their order, as CSV. It is made of documents that are folds of the log. */
async function csvOf(reads: Reads, filter: NumberFilter, at: string): Promise<string> {
  const lines: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listNumbers(reads, filter, { limit: MAX_PAGE, cursor });
    lines.push(...page.items.map((number) => reportLine(number, at)));
    cursor = page.nextCursor;
  } while (cursor !== undefined && lines.length < MAX_LINES);
  return lines.slice(0, MAX_LINES).join('');
}

const report = route({
  method: 'get',
  path: '/fiscal/series/:seriesId/report',
  operationId: 'readFiscalReport',
  summary: 'Report for an inspector: each number of a series with its fate, as CSV',
  description: `At most ${MAX_LINES} numbers: name \`from\` for those that follow. The same log and the same \`at\` give the same bytes.`,
  tag,
  permission,
  params: Type.Object({ seriesId: SeriesId }),
  query: Type.Object({
    ...range,
    at: optional(described(Instant, 'The moment it is about, in UTC; now.')),
    head: optional(oneOf(['yes', 'no'], '`no`: without the line of names.')),
  }),
  status: 200,
  response: Type.String(),
  produces: 'text/csv',
  write: false,
  waits: true,
  heavy: true,
  errors: ['fiscal_series_not_found'],
  async handle({ params: { seriesId }, query: asked, reads, caller }, services) {
    const { state } = await newestOfSeries(services, caller.shop.id, seriesId);
    assertSeries(seriesId, state);
    const { at, head = 'yes', ...filter } = asked;
    if (at !== undefined && parseInstant(at) === undefined) {
      const message = `expected a time in UTC, found ${at}`;
      throw new RequestError('invalid_request', message, [{ in: 'query', path: '/at', message }]);
    }
    const csv = await csvOf(
      reads,
      { seriesId, ...filter },
      at ?? formatInstant(services.clock.now()),
    );
    const body = `${head === 'yes' ? reportHead() : ''}${csv}`;
    return { status: 200, body, contentType: 'text/csv; charset=utf-8' };
  },
});

export const fiscalReportRoutes: readonly Route[] = [numbers, report];
