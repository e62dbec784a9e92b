import { Type } from '@sinclair/typebox';

import { NotFoundError } from '../../../domain/kernel/errors.ts';
import { CustomerAccountSchema } from '../../../projections/accounts/account/document.ts';
import {
  accountAsOf,
  describeChanges,
  eventsBetween,
  orderAsOf,
  type EntityAsOf,
  type HistorySource,
  type Moment,
} from '../../../projections/history/queries.ts';
import { OrderDetailsSchema } from '../../../projections/orders/details/document.ts';
import { answered } from '../../pipeline/reads.ts';
import { route, type Route } from '../../route.ts';
import { momentOf, sourceOf } from './source.ts';
import { MANAGERS } from '../../roles.ts';
import { CustomerParams, OrderParams } from '../../schemas.ts';
import { Changes, Entries, MomentText } from './schemas.ts';

const tag = 'History';
const AsOfQuery = Type.Object({
  asOf: Type.Optional(
    MomentText('A revision, or a time (RFC 3339); the order or account as it was right then.'),
  ),
});
const moment = {
  revision: Type.Integer({ description: 'Of the last event that is in it.' }),
  at: Type.String({ description: 'When that event was recorded.' }),
};
const Moment = Type.Object(moment);
const RangeQuery = Type.Object({
  from: Type.Optional(MomentText('A revision or a time; the revision before `to` when absent.')),
  to: Type.Optional(MomentText('A revision or a time; now when absent.')),
});
const Difference = Type.Object({
  from: Moment,
  to: Moment,
  events: Entries,
  changes: Changes,
});

const getOrderAsOf = route({
  method: 'get',
  path: '/history/orders/:orderId',
  operationId: 'getOrderAsOf',
  summary: 'An order as it was at a revision or a moment',
  tag,
  access: MANAGERS,
  params: OrderParams,
  query: AsOfQuery,
  status: 200,
  response: Type.Object({ ...moment, order: OrderDetailsSchema }),
  write: false,
  errors: ['order_not_found'],
  async handle(request, services) {
    const { orderId } = request.params;
    const { asOf } = request.query;
    const source = sourceOf(request, services);
    const { revision, at, document } = await orderAt(source, orderId, asOf);
    return { status: 200, body: { revision, at, order: document } };
  },
});

const getOrderChanges = route({
  method: 'get',
  path: '/history/orders/:orderId/changes',
  operationId: 'getOrderChanges',
  summary: 'What changed in an order between two revisions or moments, in words',
  tag,
  access: MANAGERS,
  params: OrderParams,
  query: RangeQuery,
  status: 200,
  response: Difference,
  write: false,
  errors: ['order_not_found'],
  async handle(request, services) {
    const { orderId } = request.params;
    const source = sourceOf(request, services);
    const read = (asOf: string | undefined) => orderAt(source, orderId, asOf);
    const between = (first: number, last: number) =>
      eventsBetween(source, 'order', orderId, first, last);
    return { status: 200, body: await difference(request.query, read, between) };
  },
});

const getAccountAsOf = route({
  method: 'get',
  path: '/history/customers/:customerId',
  operationId: 'getAccountAsOf',
  summary: "A customer's account as it was at a revision or a moment",
  tag,
  access: MANAGERS,
  params: CustomerParams,
  query: AsOfQuery,
  status: 200,
  response: Type.Object({ ...moment, account: CustomerAccountSchema }),
  write: false,
  errors: ['account_not_found'],
  async handle(request, services) {
    const { customerId } = request.params;
    const source = sourceOf(request, services);
    const { revision, at, document } = await accountAt(source, customerId, request.query.asOf);
    return { status: 200, body: { revision, at, account: document } };
  },
});

const getAccountChanges = route({
  method: 'get',
  path: '/history/customers/:customerId/changes',
  operationId: 'getAccountChanges',
  summary: 'What changed in an account between two revisions or moments, in words',
  tag,
  access: MANAGERS,
  params: CustomerParams,
  query: RangeQuery,
  status: 200,
  response: Difference,
  write: false,
  errors: ['account_not_found'],
  async handle(request, services) {
    const { customerId } = request.params;
    const source = sourceOf(request, services);
    const read = (asOf: string | undefined) => accountAt(source, customerId, asOf);
    const between = (first: number, last: number) =>
      eventsBetween(source, 'account', customerId, first, last);
    return { status: 200, body: await difference(request.query, read, between) };
  },
});

async function orderAt(source: HistorySource, orderId: string, asOf: string | undefined) {
  const read = await answered(() => orderAsOf(source, orderId, momentAt(asOf)));
  return read ?? missing('order_not_found', `order ${orderId}`, asOf);
}

async function accountAt(source: HistorySource, customerId: string, asOf: string | undefined) {
  const read = await answered(() => accountAsOf(source, customerId, momentAt(asOf)));
  return read ?? missing('account_not_found', `account ${customerId}`, asOf);
}

function momentAt(asOf: string | undefined): Moment | undefined {
  return asOf === undefined ? undefined : momentOf(asOf);
}

function missing(
  code: 'order_not_found' | 'account_not_found',
  what: string,
  asOf: string | undefined,
): never {
  if (asOf === undefined) throw new NotFoundError(code, `there is no ${what}`);
  const when = /^\d+$/.test(asOf) ? `revision ${asOf}` : asOf;
  throw new NotFoundError(code, `there was no ${what} at ${when}`);
}

/** Two moments compared, whichever of them comes first. */
async function difference<Doc extends object>(
  query: { readonly from?: string; readonly to?: string },
  read: (asOf: string | undefined) => Promise<EntityAsOf<Doc>>,
  between: (first: number, last: number) => ReturnType<typeof eventsBetween>,
) {
  const to = await read(query.to);
  const from = await read(query.from ?? String(Math.max(0, to.revision - 1)));
  const [first, last] = [from.revision, to.revision].sort((a, b) => a - b) as [number, number];
  return {
    from: { revision: from.revision, at: from.at },
    to: { revision: to.revision, at: to.at },
    events: [...(await answered(() => between(first, last)))],
    changes: describeChanges(from.document, to.document),
  };
}

/** Time travel (A1, K16). */
export const historyEntityRoutes: readonly Route[] = [
  getOrderAsOf,
  getOrderChanges,
  getAccountAsOf,
  getAccountChanges,
];
