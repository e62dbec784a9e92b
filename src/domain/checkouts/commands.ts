import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { Currency, described, Id, oneOf, Positive, strict } from '../kernel/schema.ts';
import { CHECKOUT_PROVIDERS, CheckoutCode, CheckoutTitle, PageUrl } from './events.ts';

export const checkoutCommands = defineCommands({
  RequestCheckout: strict({
    orderId: described(Id, 'The order to pay.'),
    provider: oneOf(CHECKOUT_PROVIDERS, 'The provider that has the page.'),
    amountMinor: described(Positive, 'What one payer pays: what is due, or a part of it.'),
    currency: Currency,
    title: CheckoutTitle,
  }),
  OpenCheckout: strict({ preferenceId: Id, url: PageUrl }),
  FailCheckout: strict({ code: CheckoutCode }),
});

export type CheckoutCommand = CommandOf<typeof checkoutCommands>;
export type RequestCheckout = CommandOf<typeof checkoutCommands, 'RequestCheckout'>;
