import { type Static, Type } from '@sinclair/typebox';

import { CHECKOUT_PROVIDERS, CHECKOUT_STATUSES } from '../../domain/checkouts/events.ts';
import { oneOf, optional, strict } from '../../domain/kernel/schema.ts';

export const CheckoutSchema = strict(
  {
    checkoutId: Type.String(),
    revision: Type.Integer(),
    status: oneOf(
      CHECKOUT_STATUSES,
      '`requested`: the provider is asked for the page. `failed`: it refuses it.',
    ),
    orderId: Type.String(),
    provider: oneOf(CHECKOUT_PROVIDERS),
    amountMinor: Type.Integer({ description: 'What one payer pays.' }),
    currency: Type.String(),
    title: Type.String(),
    preferenceId: optional(Type.String({ description: "The provider's id of the page." })),
    url: optional(Type.String({ description: 'Where payers pay, also as a QR code.' })),
    code: optional(Type.String({ description: 'Why the provider refuses it.' })),
    requestedAt: Type.String(),
    updatedAt: Type.String(),
  },
  { $id: 'Checkout' },
);

export type CheckoutDocument = Static<typeof CheckoutSchema>;
