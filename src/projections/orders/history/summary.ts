import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { formatMoney } from '../../../domain/kernel/format-money.ts';
import type { OrderChangedAtProvider, OrderEvent } from '../../../domain/orders/events.ts';

/** What an event means, in one plain sentence. */
export function summaryOf(event: OrderEvent | CommandRefused): string {
  switch (event.type) {
    case 'OrderPlaced': {
      const { lines, totals, currency, source } = event.data;
      const from = source ? ` from ${source.provider}` : '';
      const total = formatMoney(totals.totalMinor, currency);
      return `Placed${from} with ${lines.length} ${lines.length === 1 ? 'line' : 'lines'}, total ${total}`;
    }
    case 'OrderStatusChanged':
      return `Changed from ${event.data.from} to ${event.data.to}${because(event.data.reason)}`;
    case 'StaleStatusReported':
      return `${event.data.reported} was reported late; the order stays ${event.data.status}`;
    case 'OrderCancelled':
      return `Cancelled${because(event.data.reason)}`;
    case 'OrderPaymentRecorded': {
      const { amountMinor, tipMinor, method, dueMinor, currency } = event.data;
      const { roundingAddedMinor: rounding } = event.data;
      const tip = tipMinor > 0 ? ` and a tip of ${formatMoney(tipMinor, currency)}` : '';
      const due = formatMoney(dueMinor, currency);
      const rounded = rounding === 0 ? '' : ` (rounded by ${formatMoney(rounding, currency)})`;
      const paid = `${formatMoney(amountMinor, currency)}${rounded}${tip}`;
      return `Paid ${paid} by ${words(method)}, ${due} due`;
    }
    case 'OrderTipAdjusted': {
      const { previousTipMinor, tipMinor, method, currency, reason } = event.data;
      const from = formatMoney(previousTipMinor, currency);
      const to = formatMoney(tipMinor, currency);
      return `Changed the tip paid by ${words(method)} from ${from} to ${to}${because(reason)}`;
    }
    case 'AccountChargeRequested': {
      const { amountMinor, currency, customerId } = event.data;
      return `Requested to charge ${formatMoney(amountMinor, currency)} to the account of ${customerId}`;
    }
    case 'AccountChargeConfirmed': {
      const { amountMinor, currency, customerId, dueMinor } = event.data;
      const due = formatMoney(dueMinor, currency);
      return `Charged ${formatMoney(amountMinor, currency)} to the account of ${customerId}, ${due} due`;
    }
    case 'AccountChargeRejected':
      return `The account of ${event.data.customerId} rejected the charge: ${event.data.message}`;
    case 'OrderLineVoided': {
      const { quantity, name, reason } = event.data;
      return `Voided ${quantity} of ${name}${because(reason)}`;
    }
    case 'OrderComped': {
      const { lineId, compMinor, currency, approvedBy, reason } = event.data;
      const what = lineId === undefined ? 'the order' : `line ${lineId}`;
      const amount = formatMoney(compMinor, currency);
      return `Comped ${what} (${amount}), approved by ${approvedBy}${because(reason)}`;
    }
    case 'OrderChangedAtProvider':
      return laterVersion(event.data);
    case 'FulfilmentRequested': {
      const { amountMinor, currency, method } = event.data;
      return `To be fulfilled by itself, ${formatMoney(amountMinor, currency)} by ${words(method)}`;
    }
    case 'OrderRefunded': {
      const { amountMinor, tipMinor, currency, reason } = event.data;
      return `Refunded ${formatMoney(amountMinor + tipMinor, currency)}${because(reason)}`;
    }
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}

function laterVersion({ source, changed, ...data }: OrderChangedAtProvider['data']): string {
  const before = formatMoney(data.previousTotals.totalMinor, data.currency);
  const after = formatMoney(data.totals.totalMinor, data.currency);
  const sum = before === after ? '' : `, from ${before} to ${after}`;
  const what = changed.length === 0 ? 'nothing that is kept here' : changed.map(words).join(', ');
  return `Version ${source.version ?? '?'} at ${source.provider} changed ${what}${sum}`;
}

function because(reason: string | undefined): string {
  return reason ? `: ${reason}` : '';
}

function words(method: string): string {
  return method.replaceAll('_', ' ');
}
