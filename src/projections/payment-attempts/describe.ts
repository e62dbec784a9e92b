import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { formatMoney } from '../../domain/kernel/format-money.ts';
import type { PaymentEvent } from '../../domain/payments/events.ts';

/** An event of a payment through a provider in one plain sentence. */
export function describePaymentEvent(event: PaymentEvent | CommandRefused): string {
  switch (event.type) {
    case 'PaymentRequested': {
      const { amountMinor, tipMinor, currency, method } = event.data;
      const amount = formatMoney(amountMinor + tipMinor, currency);
      return `Requested a payment of ${amount} by ${method.replaceAll('_', ' ')}`;
    }
    case 'PaymentReceived': {
      const { chargedMinor, currency, provider } = event.data;
      return `A payer paid ${formatMoney(chargedMinor, currency)} at ${provider}`;
    }
    case 'PaymentChargeAttempted':
      return `Attempt ${event.data.attempt} to charge`;
    case 'PaymentChargeDeferred':
      return `Not charged, to be tried again: ${event.data.reason}`;
    case 'PaymentOutcomeUnknown':
      return `The outcome is unknown and will be looked up: ${event.data.reason}`;
    case 'PaymentAccepted':
      return 'The provider will confirm it later';
    case 'PaymentSucceeded': {
      const { chargedMinor, currency, late } = event.data;
      return `Charged ${formatMoney(chargedMinor, currency)}${late ? ', after it had failed' : ''}`;
    }
    case 'PaymentFailed':
      return `Failed: ${event.data.reason}`;
    case 'PaymentApplied': {
      const { appliedMinor, excessMinor, currency } = event.data;
      const excess = excessMinor === 0 ? '' : `, ${formatMoney(excessMinor, currency)} is excess`;
      return `The order took ${formatMoney(appliedMinor, currency)}${excess}`;
    }
    case 'PaymentRefundRequested': {
      const { amountMinor, currency, reason } = event.data;
      return `Requested a refund of ${formatMoney(amountMinor, currency)}: ${reason}`;
    }
    case 'PaymentRefunded':
      return `Refunded ${formatMoney(event.data.amountMinor, event.data.currency)}`;
    case 'PaymentRefundFailed': {
      const { amountMinor, currency, reason } = event.data;
      return `The refund of ${formatMoney(amountMinor, currency)} failed: ${reason}`;
    }
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}
