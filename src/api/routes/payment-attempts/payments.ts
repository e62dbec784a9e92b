import { type Static, Type } from '@sinclair/typebox';

import { DomainError, InvariantError, NotFoundError } from '../../../domain/kernel/errors.ts';
import { described, Id, Name, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import { orderDecider } from '../../../domain/orders/index.ts';
import {
  excessMinor,
  PAYMENT_STATUSES,
  paymentCommands,
  paymentDecider,
  type PaymentEvent,
  type PaymentState,
} from '../../../domain/payments/index.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import type { Digest } from '../../../ports/digest.ts';
import { PaymentAttemptSchema } from '../../../projections/payment-attempts/document.ts';
import {
  findPaymentAttempt,
  listPaymentAttempts,
} from '../../../projections/payment-attempts/queries.ts';
import { commandRoutes } from '../../command.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse, writtenAt } from '../../responses.ts';
import type { ApiRequest, Route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';
import type { Services } from '../../services.ts';
import { PaymentAttemptResponse, PaymentParams } from './schemas.ts';
import { splitRoute } from './splits.ts';

const tag = 'Provider payments';

/** The payment right after a command. Nothing here comes from a read model (K3). */
function paymentResponse(result: CommandResult<PaymentState, PaymentEvent>) {
  const { state } = result;
  if (state.status === 'none') throw new InvariantError('a payment after its command');
  const { next: _n, refundedExcessMinor: _e, sourceId: _s, requestedOn: _o, ...rest } = state;
  const { refunds, ...payment } = rest;
  return {
    ...payment,
    excessMinor: excessMinor(state),
    pendingRefundMinor: refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    ...writtenAt(result),
  };
}

const SOURCE_ID_LENGTH = 32;
const { sourceId: _sourceId, ...fields } = paymentCommands.schemas.RequestPayment.properties;

const PaymentBodySchema = strict({
  ...fields,
  provider: optional(
    described(
      Name,
      'The provider; the default one when absent. `square`: the account of the shop there.',
    ),
  ),
  source: optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]+$',
      minLength: 1,
      maxLength: 500,
      description:
        'What the payer gave, for the provider that needs it: the token of a card, or the id of a stored one. Kept encrypted for a day, and never shown.',
    }),
  ),
});
type PaymentBody = Static<typeof PaymentBodySchema>;

/** A repeat of a command with another source is another command, and refused as that. */
const sourceIdOf = (digest: Digest, commandId: string, source: string) =>
  digest.sha256(JSON.stringify([commandId, source])).slice(0, SOURCE_ID_LENGTH);

/**
 * An order that does not exist is not charged, nor one in another currency than its own.
 * Neither changes, so a repeat gets its first response.
 * @throws NotFoundError order_not_found. @throws DomainError currency_mismatch.
 */
async function ofOrder(
  { body, caller, commandId }: ApiRequest<unknown, unknown, PaymentBody>,
  { commands, paymentSources, digest }: Services,
): Promise<typeof paymentDecider> {
  const { orderId, currency } = body;
  const { state: order } = await commands.load(orderDecider, caller.shop.id, orderId);
  if (order.status === 'none') {
    throw new NotFoundError('order_not_found', `there is no order ${orderId}`, { orderId });
  }
  if (order.currency === currency) {
    const { source } = body;
    // It is kept first: a payment that is requested can be charged.
    if (source !== undefined) {
      await paymentSources.put(caller.shop.id, sourceIdOf(digest, commandId, source), source);
    }
    return paymentDecider;
  }
  const message = `expected currency ${order.currency}, found ${currency}`;
  throw new DomainError('currency_mismatch', message, {
    expected: order.currency,
    found: currency,
  });
}

const command = commandRoutes({
  tag,
  decider: paymentDecider,
  commands: paymentCommands,
  id: 'attemptId',
  response: PaymentAttemptResponse,
  respond: paymentResponse,
});

export const paymentAttemptRoutes: readonly Route[] = [
  command('RequestPayment', {
    path: '/payment-attempts',
    operationId: 'requestPayment',
    summary: 'Charge a payment for an order through a provider',
    description:
      'The response has the status `pending`: the charge follows at once, and the payment shows its outcome. The order takes what is due of it; what it does not take is `excessMinor`.',
    permission: 'payments:write',
    creates: true,
    status: 202,
    example: { orderId: 'order-1', method: 'credit_card', amountMinor: 1000, currency: 'EUR' },
    errors: [
      ...(['unknown_currency', 'order_not_found', 'currency_mismatch'] as const),
      ...(['payment_source_needed', 'provider_takes_no_charges'] as const),
    ],
    body: PaymentBodySchema,
    data: ({ body: { source, ...request }, commandId }, { digest }) => ({
      ...request,
      ...(source !== undefined && { sourceId: sourceIdOf(digest, commandId, source) }),
    }),
    rules: ofOrder,
  }),
  command('RequestRefund', {
    path: '/payment-attempts/:attemptId/refunds',
    operationId: 'requestRefund',
    summary: 'Refund a payment through its provider, wholly or in part',
    description:
      'Excess goes back first. The part that the order took is refunded in the order as well, once the provider has paid it.',
    permission: 'payments:write',
    status: 202,
    example: { amountMinor: 500, reason: 'Cold', currency: 'EUR' },
    errors: [
      'payment_not_found',
      'payment_not_charged',
      'refund_exceeds_remaining',
      'currency_mismatch',
      'too_many_refunds',
      'refund_at_provider',
    ],
  }),
  query({
    path: '/payment-attempts',
    operationId: 'listPaymentAttempts',
    summary: 'Payments through a provider, newest first',
    tag,
    permission: 'payments:read',
    query: Type.Object({
      orderId: optional(Id),
      status: optional(oneOf(PAYMENT_STATUSES)),
      ...pageQuery,
    }),
    response: pageOf(PaymentAttemptSchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listPaymentAttempts(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/payment-attempts/:attemptId',
    operationId: 'getPaymentAttempt',
    summary: 'One payment through a provider',
    tag,
    permission: 'payments:read',
    params: PaymentParams,
    response: PaymentAttemptSchema,
    errors: ['payment_not_found'],
    revision: ({ revision }) => revision,
    async read({ params: { attemptId }, reads, caller }) {
      const payment = await findPaymentAttempt(reads, caller.shop.id, attemptId);
      return orNotFound(payment, 'payment_not_found', `payment ${attemptId}`);
    },
  }),
  splitRoute,
];
