import { Type } from '@sinclair/typebox';

import { hintOfReturn } from '../../../commands/checkouts/hint-of-return.ts';
import { checkoutDecider } from '../../../domain/checkouts/index.ts';
import { NotFoundError } from '../../../domain/kernel/errors.ts';
import { Id } from '../../../domain/kernel/schema.ts';
import { dueMinor, orderDecider } from '../../../domain/orders/index.ts';
import { tooMany } from '../../pipeline/limiters.ts';
import { limitKeyOf } from '../../pipeline/rate-gate.ts';
import { type Route, route } from '../../route.ts';

const HTML = 'text/html; charset=utf-8';

/** A page without scripts, in both languages: it does not know the reader's. */
function pageOf(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><h1>${title}</h1><p>${content}</p></body></html>`;
}

const PAID = pageOf('Payment received / Pago recibido', 'Thank you. / Gracias.');
const OPEN = pageOf(
  'Payment being confirmed / Pago en proceso',
  'The shop asks the provider for your payment. / El comercio confirma tu pago con el proveedor.',
);

/**
 * Where a provider sends the payer back. What its address says about the payment is not believed:
 * it leads to a look-up, as an unsigned webhook does.
 */
export const checkoutReturn: Route = route({
  method: 'get',
  path: '/checkout-returns/:shopId/:checkoutId',
  operationId: 'returnFromCheckout',
  summary: 'The page to which a payer comes back from the provider',
  description: 'Whatever its address says about the payment, the provider is asked.',
  tag: 'Checkouts',
  permission: 'public',
  params: Type.Object({ shopId: Type.String({ pattern: '^[a-z0-9]{1,32}$' }), checkoutId: Id }),
  status: 200,
  response: Type.String(),
  produces: 'text/html',
  write: false,
  raw: true,
  limiters: ['webhooks'],
  errors: ['checkout_not_found'],
  async handle({ params: { shopId, checkoutId }, raw, address, correlationId, origin }, services) {
    const { commands, limiters, clock, shops } = services;
    const taken = await limiters.take('webhooks', limitKeyOf(address === '' ? 'unknown' : address));
    if (taken && !taken.result.allowed) throw tooMany(taken, clock.now());
    const hasShop = shops().some(({ id }) => id === shopId);
    const found = hasShop ? await commands.load(checkoutDecider, shopId, checkoutId) : undefined;
    if (!found || found.state.status === 'none') {
      throw new NotFoundError('checkout_not_found', `there is no checkout ${checkoutId}`);
    }
    const { provider, orderId } = found.state;
    const paymentId = new URLSearchParams(raw?.query ?? '').get('payment_id') ?? '';
    const hint = { storeId: shopId, provider, paymentId, correlationId, origin };
    await hintOfReturn(services, hint);
    const { state: order } = await commands.load(orderDecider, shopId, orderId);
    const isPaid = order.status !== 'none' && dueMinor(order) <= 0;
    return { status: 200, body: isPaid ? PAID : OPEN, contentType: HTML };
  },
});
