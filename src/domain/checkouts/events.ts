import { type TProperties, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { Currency, Day, described, eventData, Id, oneOf, Positive } from '../kernel/schema.ts';

/** Providers with a page of their own on which a payer pays. */
export const CHECKOUT_PROVIDERS = ['mercadopago'] as const;
export const CHECKOUT_STATUSES = ['requested', 'open', 'failed'] as const;

export const CheckoutTitle = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'What the payer sees as the thing to pay.',
});
export const PageUrl = Type.String({ pattern: '^https?://', maxLength: 2_048 });
export const CheckoutCode = Type.String({ pattern: '^[\\w.-]{1,100}$' });

const checkoutEvent = <P extends TProperties>(description: string, properties: P) =>
  eventData(description, {
    checkoutId: described(Id, 'The checkout; it is the reference of its payments.'),
    orderId: described(Id, 'The order to pay.'),
    businessDay: described(Day, "The shop's business day of this event."),
    ...properties,
  });

export const checkoutEvents = defineEvents({
  CheckoutRequested: checkoutEvent('A page on which payers can pay for an order was asked for.', {
    provider: oneOf(CHECKOUT_PROVIDERS, 'The provider that has the page.'),
    amountMinor: described(Positive, 'What one payer pays.'),
    currency: described(Currency, 'ISO 4217 code of the amount.'),
    title: CheckoutTitle,
  }),
  CheckoutOpened: checkoutEvent('The provider has the page.', {
    preferenceId: described(Id, "The provider's id of it."),
    url: described(PageUrl, 'Where payers pay.'),
  }),
  CheckoutFailed: checkoutEvent('The provider refuses it: there is no page.', {
    code: described(CheckoutCode, 'Why, as the code of the provider.'),
  }),
});

export type CheckoutEvent = EventOf<typeof checkoutEvents>;
