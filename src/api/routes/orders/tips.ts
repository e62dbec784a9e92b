import { orderCommands, orderDecider } from '../../../domain/orders/index.ts';
import { tipNotAdjustable } from '../../../domain/orders/tips.ts';
import { paymentDecider } from '../../../domain/payments/index.ts';
import { writeResult } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';
import { inDrawer, withDrawer } from '../drawers/with-drawer.ts';
import { orderResponse } from './responses.ts';
import { OrderParams, OrderResponse } from './schemas.ts';

/**
 * What a provider charged is what it was asked for, with its tip: a tip in our books alone would
 * differ from the money. A payment through a provider stays one, so repeats find the same.
 * @throws DomainError tip_not_adjustable.
 */
async function assertNotThroughProvider(
  { commands }: Services,
  storeId: string,
  paymentId: string,
): Promise<void> {
  const { state } = await commands.load(paymentDecider, storeId, paymentId);
  if (state.status !== 'none') throw tipNotAdjustable(paymentId, 'charged by a payment provider');
}

const adjustTip = route({
  method: 'post',
  path: '/orders/:orderId/tips',
  operationId: 'adjustTip',
  summary: 'Change the tip of a payment after it was taken',
  description:
    'Sets the whole tip of one payment of the order: the total and what is paid change by the difference, and so does the cash of its drawer session. A lower tip needs a reason. Tips of imported orders and of payments through a provider stay as they are.',
  tag: 'Payments',
  permission: 'payments:write',
  params: OrderParams,
  body: orderCommands.schemas.AdjustTip,
  status: 201,
  response: OrderResponse,
  write: true,
  revisioned: true,
  example: { paymentId: 'order-7f3a:key-2', tipMinor: 150, currency: 'EUR' },
  errors: [
    'order_not_found',
    'order_closed',
    'payment_not_found',
    'tip_not_adjustable',
    'tip_below_refunded',
    'currency_mismatch',
  ],
  async handle(request, services) {
    const { orderId } = request.params;
    const { paymentId, drawerId } = request.body;
    await assertNotThroughProvider(services, request.caller.shop.id, paymentId);
    const command = { type: 'AdjustTip', data: request.body } as const;
    const adjusted = await request.execute(orderDecider, orderId, command);
    // Without one in the body, the session is that of the payment.
    const recorded = drawerId === undefined ? inDrawer(request, services, adjusted) : adjusted;
    const result = await recorded;
    return { ...writeResult(201, result), body: orderResponse(result) };
  },
});

export const orderTipRoutes: readonly Route[] = [withDrawer(adjustTip)];
