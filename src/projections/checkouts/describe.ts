import type { CheckoutEvent } from '../../domain/checkouts/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { formatMoney } from '../../domain/kernel/format-money.ts';

/** An event of a checkout in one plain sentence. */
export function describeCheckoutEvent(event: CheckoutEvent | CommandRefused): string {
  switch (event.type) {
    case 'CheckoutRequested': {
      const { amountMinor, currency, provider } = event.data;
      return `Asked ${provider} for a page to pay ${formatMoney(amountMinor, currency)}`;
    }
    case 'CheckoutOpened':
      return 'Payers can pay on the page of the provider';
    case 'CheckoutFailed':
      return `The provider refused the page: ${event.data.code}`;
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}
