import { Type } from '@sinclair/typebox';

import {
  checkoutCommands,
  checkoutDecider,
  type CheckoutState,
  type RequestCheckout,
} from '../../../domain/checkouts/index.ts';
import { DomainError, InvariantError, NotFoundError } from '../../../domain/kernel/errors.ts';
import { Id, optional } from '../../../domain/kernel/schema.ts';
import { orderDecider } from '../../../domain/orders/index.ts';
import { CheckoutSchema } from '../../../projections/checkouts/document.ts';
import { findCheckout, listCheckouts } from '../../../projections/checkouts/queries.ts';
import { commandRoutes } from '../../command.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse, writtenAt } from '../../responses.ts';
import type { ApiRequest, Route } from '../../route.ts';
import { pageOf, pageQuery, written } from '../../schemas.ts';
import type { Services } from '../../services.ts';
import { checkoutReturn } from './return-page.ts';

const tag = 'Checkouts';
const params = Type.Object({ checkoutId: Id });

const {
  revision: _r,
  requestedAt: _q,
  updatedAt: _u,
  preferenceId: _p,
  code: _c,
  ...fields
} = CheckoutSchema.properties;
const ResponseSchema = Type.Object(
  { ...fields, ...written },
  { additionalProperties: false, $id: 'CheckoutResponse' },
);

const command = commandRoutes({
  tag,
  decider: checkoutDecider,
  commands: checkoutCommands,
  id: 'checkoutId',
  response: ResponseSchema,
  respond(result) {
    const state: CheckoutState = result.state;
    if (state.status === 'none') throw new InvariantError('a checkout after its command');
    return { ...state, ...writtenAt(result) };
  },
});

/**
 * Neither the existence nor the currency of an order changes, so a repeat gets its first response.
 * @throws NotFoundError order_not_found. @throws DomainError currency_mismatch.
 */
async function ofOrder(
  { body, caller }: ApiRequest<unknown, unknown, RequestCheckout['data']>,
  { commands }: Services,
): Promise<typeof checkoutDecider> {
  const { orderId, currency } = body;
  const { state: order } = await commands.load(orderDecider, caller.shop.id, orderId);
  if (order.status === 'none') {
    throw new NotFoundError('order_not_found', `there is no order ${orderId}`, { orderId });
  }
  if (order.currency === currency) return checkoutDecider;
  const message = `expected currency ${order.currency}, found ${currency}`;
  const details = { expected: order.currency, found: currency };
  throw new DomainError('currency_mismatch', message, details);
}

/** Pages of providers on which payers pay for an order, on their own devices. */
export const checkoutRoutes: readonly Route[] = [
  command('RequestCheckout', {
    path: '/checkouts',
    operationId: 'requestCheckout',
    summary: 'Have a provider make a page on which an order is paid',
    description:
      'The page follows: `GET /checkouts/{checkoutId}` has its `url` once the status is `open`. Several payers can pay on it; what is not due on the order is `excessMinor` of their payment attempts.',
    permission: 'payments:write',
    creates: true,
    status: 202,
    example: {
      ...{ orderId: 'order-1', provider: 'mercadopago', amountMinor: 1_000 },
      ...{ currency: 'EUR', title: 'Table 4' },
    },
    errors: ['unknown_currency', 'order_not_found', 'currency_mismatch'],
    rules: ofOrder,
  }),
  query({
    path: '/checkouts',
    operationId: 'listCheckouts',
    summary: 'Checkouts, the newest first',
    tag,
    permission: 'payments:read',
    query: Type.Object({ orderId: optional(Id), ...pageQuery }),
    response: pageOf(CheckoutSchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listCheckouts(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/checkouts/:checkoutId',
    operationId: 'getCheckout',
    summary: 'A checkout with the address of its page',
    tag,
    permission: 'payments:read',
    params,
    response: CheckoutSchema,
    errors: ['checkout_not_found'],
    revision: ({ revision }) => revision,
    async read({ params: { checkoutId }, reads, caller }) {
      const found = await findCheckout(reads, caller.shop.id, checkoutId);
      return orNotFound(found, 'checkout_not_found', `checkout ${checkoutId}`);
    },
  }),
  checkoutReturn,
];
