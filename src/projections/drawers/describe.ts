import type { DrawerEvent, TillEvent } from '../../domain/drawers/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { formatMoney } from '../../domain/kernel/format-money.ts';

/** An event of a till in one plain sentence. */
export function describeTillEvent(event: TillEvent | CommandRefused): string {
  if (event.type === 'CommandRefused') {
    return `Refused ${event.data.command}: ${event.data.message}`;
  }
  return `The till was given to the drawer session ${event.data.drawerId}`;
}

/** An event of a drawer session in one plain sentence. */
export function describeDrawerEvent(event: DrawerEvent | CommandRefused): string {
  switch (event.type) {
    case 'DrawerOpened': {
      const { tillId, openingFloatMinor, currency } = event.data;
      return `Opened the drawer of till ${tillId} with ${formatMoney(openingFloatMinor, currency)}`;
    }
    case 'DrawerEntryRecorded':
      return entryWords(event.data);
    case 'DrawerCounted': {
      const { countedMinor, varianceMinor, currency } = event.data;
      const counted = `Counted ${formatMoney(countedMinor, currency)}`;
      return `${counted}: variance ${formatMoney(varianceMinor, currency)}`;
    }
    case 'DrawerVarianceApproved': {
      const { approvedBy, varianceMinor, currency, reason } = event.data;
      const variance = formatMoney(varianceMinor, currency);
      return `${approvedBy} approved the variance of ${variance}: ${reason}`;
    }
    case 'DrawerClosed': {
      const { countedMinor, varianceMinor, currency, unfinished } = event.data;
      const counted = `Closed with ${formatMoney(countedMinor, currency)}`;
      const orders = unfinished.length === 0 ? '' : `, ${unfinished.length} orders unfinished`;
      return `${counted}, variance ${formatMoney(varianceMinor, currency)}${orders}`;
    }
    case 'DrawerCorrected': {
      const { varianceMinor, currency } = event.data;
      const after = `the variance is now ${formatMoney(varianceMinor, currency)}`;
      return `After the close: ${entryWords(event.data)}; ${after}`;
    }
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}

type Entry = Extract<DrawerEvent, { type: 'DrawerEntryRecorded' | 'DrawerCorrected' }>['data'];

const KIND_WORDS: Record<Entry['kind'], string> = {
  sale: 'Sale',
  tip: 'Change of a tip',
  refund: 'Refund',
  account_payment: 'Payment into an account',
  account_payout: 'Payout of credit',
  cash_in: 'Cash put in',
  cash_out: 'Cash taken out',
  adjustment: 'Adjustment',
};

function entryWords({ kind, amountMinor, tipMinor, method, reason, currency }: Entry): string {
  const amount = formatMoney(amountMinor + tipMinor, currency);
  const by = method === undefined ? '' : ` by ${method.replaceAll('_', ' ')}`;
  return `${KIND_WORDS[kind]} of ${amount}${by}${reason === undefined ? '' : `: ${reason}`}`;
}
