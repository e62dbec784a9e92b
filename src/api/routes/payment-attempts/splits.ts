import type { Static } from '@sinclair/typebox';

import {
  splitByAmounts,
  splitByItems,
  splitByShares,
  type SplitPart,
} from '../../../domain/payments/index.ts';
import type { OrderDetails } from '../../../projections/orders/details/document.ts';
import { findOrder } from '../../../projections/orders/details/queries.ts';
import { RequestError } from '../../problem.ts';
import { orNotFound } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { OrderParams } from '../orders/schemas.ts';
import { SplitBody, SplitResponse } from './schemas.ts';

/** @throws RequestError unless exactly one way to split is given; DomainError of the split. */
function partsOf(body: Static<typeof SplitBody>, order: OrderDetails): readonly SplitPart[] {
  const { shares, amounts, items } = body;
  const totalMinor = order.dueMinor - order.pendingMinor;
  const given = [shares, amounts, items].filter((each) => each !== undefined);
  if (given.length !== 1) {
    const message = `expected one of shares, amounts and items, found ${given.length}`;
    throw new RequestError('invalid_request', `body: ${message}`, [
      { in: 'body', path: '', message },
    ]);
  }
  if (shares) return splitByShares(totalMinor, shares);
  if (amounts) return splitByAmounts(totalMinor, amounts);
  return splitByItems(totalMinor, order.lines, items ?? []);
}

/** Records nothing: a split that is abandoned changes nothing, and each part is a payment. */
export const splitRoute: Route = route({
  method: 'post',
  path: '/orders/:orderId/splits',
  operationId: 'splitOrder',
  summary: 'Split what is due on an order by share, amount or item',
  description:
    'Computes the parts, which always sum to what is due, and records nothing. Each payer then pays a part like any other payment.',
  tag: 'Payments',
  permission: 'payments:read',
  params: OrderParams,
  body: SplitBody,
  status: 200,
  response: SplitResponse,
  write: false,
  waits: true,
  example: { shares: [1, 1] },
  errors: ['order_not_found', 'line_not_found', 'duplicate_line', 'total_mismatch'],
  async handle({ params: { orderId }, body, reads, caller }) {
    const found = await findOrder(reads, caller.shop.id, orderId);
    const order = orNotFound(found, 'order_not_found', `order ${orderId}`);
    const parts = partsOf(body, order).map(({ amountMinor, lineIds }) => ({
      amountMinor,
      ...(lineIds && { lineIds: [...lineIds] }),
    }));
    const totalMinor = order.dueMinor - order.pendingMinor;
    return { status: 200, body: { orderId, currency: order.currency, totalMinor, parts } };
  },
});
