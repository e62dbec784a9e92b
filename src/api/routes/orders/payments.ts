import { type Static } from '@sinclair/typebox';

import {
  assertAccountOpen,
  chargeToAccount,
  returnToAccount,
} from '../../../commands/settlement/settle-order.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import { orderCommands, orderDecider } from '../../../domain/orders/index.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { RequestError } from '../../problem.ts';
import { eventOf, writeResult, writtenAt } from '../../responses.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import { sequenceOf } from '../../sequence-of.ts';
import type { Services } from '../../services.ts';
import { inDrawer, withDrawer } from '../drawers/with-drawer.ts';
import { orderResponse, type OrderResult } from './responses.ts';
import { OrderParams, OrderPaymentBody, OrderPaymentResponse, RefundResponse } from './schemas.ts';
import { assertSettleable } from './settlement.ts';

const tag = 'Payments';

type Body = Static<typeof OrderPaymentBody>;
type PaymentRequest = ApiRequest<Static<typeof OrderParams>, unknown, Body>;

/** @throws RequestError naming each field that only the other kind of payment has. */
function assertFields(body: Body): void {
  const foreign =
    body.method === 'on_account'
      ? (['tipMinor', 'tenderedMinor', 'reference'] as const)
      : (['customerId', 'dueDate', 'note'] as const);
  const violations = foreign
    .filter((field) => body[field] !== undefined)
    .map((field) => ({ path: `/${field}`, message: `expected none with ${body.method}` }));
  if (body.method === 'on_account' && body.customerId === undefined) {
    violations.push({
      path: '/customerId',
      message: 'expected the customer whose account is charged, found nothing',
    });
  }
  const [first] = violations;
  if (!first) return;
  throw new RequestError(
    'invalid_request',
    `body ${first.path}: ${first.message}`,
    violations.map((violation) => ({ in: 'body' as const, ...violation })),
  );
}

function payAtOnce(request: PaymentRequest, method: Exclude<Body['method'], 'on_account'>) {
  const { amountMinor, tipMinor, tenderedMinor, reference, drawerId, currency } = request.body;
  return request.execute(orderDecider, request.params.orderId, {
    type: 'RecordPayment',
    data: {
      method,
      amountMinor,
      currency,
      ...omitUndefined({ tipMinor, tenderedMinor, reference, drawerId }),
    },
  });
}

/** Three steps, each exactly once. After a crash the settlement process completes them. */
async function putOnAccount(request: PaymentRequest, services: Services): Promise<OrderResult> {
  assertSettleable(request.commandId);
  const { customerId = '', amountMinor, currency, dueDate, note, drawerId } = request.body;
  await assertAccountOpen(sequenceOf(request, services), customerId);
  const reserved = await request.execute(orderDecider, request.params.orderId, {
    type: 'RequestAccountCharge',
    data: {
      customerId,
      amountMinor,
      currency,
      ...omitUndefined({ dueDate, note, drawerId }),
    },
  });
  const requested = eventOf(reserved, 'AccountChargeRequested');
  const charged = await chargeToAccount(
    sequenceOf(request, services, requested.id),
    requested.data,
  );
  return inDrawer(request, services, charged);
}

function paymentIn({ events }: OrderResult): Static<typeof OrderPaymentResponse>['payment'] {
  for (const event of events) {
    if (event.type === 'OrderPaymentRecorded') {
      const { paymentId, method, amountMinor, tipMinor, changeMinor, customerId } = event.data;
      const { roundingAddedMinor: roundingMinor } = event.data;
      const customer = customerId === undefined ? {} : { customerId };
      const amounts = { amountMinor, tipMinor, roundingMinor, changeMinor };
      return { paymentId, method, ...amounts, ...customer };
    }
    if (event.type === 'AccountChargeConfirmed') {
      const { chargeId: paymentId, amountMinor, debtId, customerId } = event.data;
      const method = 'on_account';
      const none = { tipMinor: 0, roundingMinor: 0, changeMinor: 0 };
      return { paymentId, method, amountMinor, ...none, debtId, customerId };
    }
  }
  throw new InvariantError('a payment among the events of its command');
}

const payOrder = route({
  method: 'post',
  path: '/orders/:orderId/payments',
  operationId: 'payOrder',
  summary: 'Take a payment for an order, or charge it to an account',
  description:
    'A payment that settles the order also confirms it; in cash it is rounded to the smallest coin. `on_account` opens a debt in the account of `customerId`, checked against its limit at that moment; when the account refuses, nothing is paid and the refusal stays for that key.',
  tag,
  permission: 'payments:write',
  params: OrderParams,
  body: OrderPaymentBody,
  status: 201,
  response: OrderPaymentResponse,
  write: true,
  revisioned: true,
  located: true,
  example: { method: 'cash', amountMinor: 946, tenderedMinor: 1000, currency: 'EUR' },
  errors: [
    'order_not_found',
    'order_closed',
    'order_fully_paid',
    'payment_exceeds_due',
    'tendered_too_little',
    'currency_mismatch',
    'account_not_found',
    'credit_limit_exceeded',
    'overdue_block',
  ],
  async handle(request, services) {
    const { body } = request;
    assertFields(body);
    const { method } = body;
    const result = await (method === 'on_account'
      ? putOnAccount(request, services)
      : payAtOnce(request, method));
    const payment = paymentIn(result);
    return {
      ...writeResult(201, result),
      location: `/payments/${encodeURIComponent(payment.paymentId)}`,
      body: { ...orderResponse(result), payment },
    };
  },
});

const refundOrder = route({
  method: 'post',
  path: '/orders/:orderId/refunds',
  operationId: 'refundOrder',
  summary: 'Refund lines or the whole order',
  description:
    'Without lines and amounts the whole remainder is refunded. Without destinations it goes to the account first, then to the card, then to cash, and by each at most what was paid that way.',
  tag,
  permission: 'payments:write',
  params: OrderParams,
  body: orderCommands.schemas.RefundOrder,
  status: 201,
  response: RefundResponse,
  write: true,
  revisioned: true,
  example: { lines: [{ lineId: 'line-1', quantity: '1' }], reason: 'Cold', currency: 'EUR' },
  errors: [
    'order_not_found',
    'order_closed',
    'line_not_found',
    'refund_exceeds_remaining',
    'refund_exceeds_tender',
    'currency_mismatch',
    'total_mismatch',
  ],
  async handle(request, services) {
    assertSettleable(request.commandId);
    const { orderId } = request.params;
    const command = { type: 'RefundOrder', data: request.body } as const;
    const result = await request.execute(orderDecider, orderId, command);
    const refunded = eventOf(result, 'OrderRefunded');
    const settlement = sequenceOf(request, services, refunded.id);
    const returned = await returnToAccount(settlement, refunded.data);
    const { refundId, lines, amountMinor, tipMinor, roundingMinor } = refunded.data;
    const { taxMinor, inclusiveTaxMinor } = refunded.data;
    const { toCashMinor, toCardMinor, toAccountMinor } = refunded.data;
    // The account's event comes after the order's in the log: its position covers both.
    const position = returned?.position ?? result.position;
    const written = { revision: result.revision, position };
    const taxes = { taxMinor, inclusiveTaxMinor };
    const refund = { refundId, lines, amountMinor, tipMinor, roundingMinor, ...taxes };
    const destinations = { toCashMinor, toCardMinor, toAccountMinor };
    return {
      ...writeResult(201, written),
      body: {
        ...orderResponse(result),
        ...writtenAt(written),
        refund: { ...refund, ...destinations },
      },
    };
  },
});

export const orderPaymentRoutes: readonly Route[] = [payOrder, refundOrder].map(withDrawer);
