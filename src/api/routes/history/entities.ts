import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox';

import { type ErrorCode, NotFoundError } from '../../../domain/kernel/errors.ts';
import { type Category, streamName } from '../../../domain/kernel/names.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import {
  describeChanges,
  type EntityAsOf,
  entityAsOf,
  eventsBetween,
  type HistorySource,
} from '../../../projections/history/queries.ts';
import { answered } from '../../pipeline/reads.ts';
import { query } from '../../query.ts';
import type { Route } from '../../route.ts';
import { Changes, Entries, MomentText } from './schemas.ts';
import { momentOf, sourceOf } from './source.ts';

const common = { tag: 'History', permission: 'history:read', waits: false } as const;
const AsOfQuery = Type.Object({
  asOf: Type.Optional(
    MomentText('A revision, or a time (RFC 3339): the entity as it was at that moment.'),
  ),
});
const moment = {
  revision: Type.Integer({ description: 'Revision of the last event that it includes.' }),
  at: Type.String({ description: 'When that event was recorded.' }),
};
const Moment = Type.Object(moment);
const RangeQuery = Type.Object({
  from: Type.Optional(MomentText('A revision or a time; by default the revision before `to`.')),
  to: Type.Optional(MomentText('A revision or a time; by default now.')),
});
const Difference = Type.Object({
  from: Moment,
  to: Moment,
  events: Entries,
  changes: Changes,
});

/** A kind of entity with time travel: one stream, folded by its own read model. */
export interface HistoryEntity<Doc extends object, P extends TObject, S extends TSchema> {
  readonly category: Category;
  /** Path of its collection in the API, such as `orders`. */
  readonly path: string;
  /** The path parameter that names it, such as `orderId`. */
  readonly id: keyof Static<P> & string;
  /** Its word in messages, and the field of the response that contains it. */
  readonly noun: string;
  /** Its name within operation ids. */
  readonly name: string;
  /** Its name with an article, at the beginning of a sentence. */
  readonly article: string;
  readonly notFound: ErrorCode;
  readonly params: P;
  readonly readModel: Projection<Doc>;
  readonly document: S;
}

export interface HistoryEntityRoutes {
  readonly category: Category;
  readonly readModel: Projection;
  readonly routes: readonly Route[];
}

/** Time travel for one kind of entity (A1, K16). */
export function historyEntity<Doc extends object, P extends TObject, S extends TSchema>(
  entity: HistoryEntity<Doc, P, S>,
): HistoryEntityRoutes {
  const { category, path, noun, name, article, notFound, params, readModel, document } = entity;
  const idOf = (values: unknown) => (values as Record<string, string>)[entity.id] ?? '';

  async function read(source: HistorySource, id: string, asOf: string | undefined) {
    const stream = streamName(category, source.storeId, id);
    const when = asOf === undefined ? undefined : momentOf(asOf);
    const found = await answered(() => entityAsOf(source, readModel, stream, when));
    return found ?? missing(notFound, `${noun} ${id}`, asOf);
  }

  const getAsOf = query({
    ...common,
    path: `/history/${path}/:${entity.id}`,
    operationId: `get${name}AsOf`,
    summary: `${article} as it was at a revision or a moment`,
    params,
    query: AsOfQuery,
    response: Type.Object({ ...moment, [noun]: document }),
    errors: [notFound, 'unreadable_event'],
    async read(request, services) {
      const source = sourceOf(request, services);
      const {
        revision,
        at,
        document: body,
      } = await read(source, idOf(request.params), request.query.asOf);
      return { revision, at, [noun]: body };
    },
  });

  const getChanges = query({
    ...common,
    path: `/history/${path}/:${entity.id}/changes`,
    operationId: `get${name}Changes`,
    summary: `Changes of ${article.charAt(0).toLowerCase()}${article.slice(1)} between two revisions or moments, in words`,
    params,
    query: RangeQuery,
    response: Difference,
    errors: [notFound, 'unreadable_event'],
    read(request, services) {
      const source = sourceOf(request, services);
      const id = idOf(request.params);
      return difference(
        request.query,
        (asOf) => read(source, id, asOf),
        (first, last) => eventsBetween(source, category, id, first, last),
      );
    },
  });

  return {
    category,
    readModel: readModel,
    routes: [getAsOf, getChanges],
  };
}

function missing(code: ErrorCode, entity: string, asOf: string | undefined): never {
  if (asOf === undefined) throw new NotFoundError(code, `there is no ${entity}`);
  const when = /^\d+$/.test(asOf) ? `revision ${asOf}` : asOf;
  throw new NotFoundError(code, `there was no ${entity} at ${when}`);
}

/** Compares two moments, in either order. */
async function difference<Doc extends object>(
  range: { readonly from?: string; readonly to?: string },
  read: (asOf: string | undefined) => Promise<EntityAsOf<Doc>>,
  between: (first: number, last: number) => ReturnType<typeof eventsBetween>,
) {
  const to = await read(range.to);
  const from = await read(range.from ?? String(Math.max(0, to.revision - 1)));
  const [first, last] = [from.revision, to.revision].sort((a, b) => a - b) as [number, number];
  return {
    from: { revision: from.revision, at: from.at },
    to: { revision: to.revision, at: to.at },
    events: [...(await answered(() => between(first, last)))],
    changes: describeChanges(from.document, to.document),
  };
}
