import type { AccountEvent, Contact } from '../../domain/accounts/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { formatMoney } from '../../domain/kernel/format-money.ts';

/** What an event of an account means, in one plain sentence. */
export function describeAccountEvent(event: AccountEvent | CommandRefused): string {
  switch (event.type) {
    case 'AccountOpened': {
      const { personal, creditLimitMinor, currency } = event.data;
      return `Opened for ${personal.name}, ${limitWords(creditLimitMinor, currency)}`;
    }
    case 'AccountTermsChanged': {
      const { currency, previous } = event.data;
      const before = previous ? ` (before: ${termsWords(previous, currency)})` : '';
      return `Terms changed: ${termsWords(event.data, currency)}${before}`;
    }
    case 'AccountContactChanged': {
      const { previous, ...contact } = event.data.personal;
      return `Contact changed: ${contactWords(contact)} (before: ${contactWords(previous)})`;
    }
    case 'CustomerDataErased':
      return `Personal data erased: ${event.data.reason}`;
    case 'DebtOpened': {
      const { amountMinor, currency, kind, orderId, dueDate } = event.data;
      const from = orderId === undefined ? '' : ` from order ${orderId}`;
      const due = dueDate === undefined ? '' : `, due ${dueDate}`;
      return `Debt of ${formatMoney(amountMinor, currency)} opened (${kind})${from}${due}`;
    }
    case 'AccountPaymentRecorded': {
      const { amountMinor, currency, method, allocations, creditMinor } = event.data;
      const paid = `Paid ${formatMoney(amountMinor, currency)} by ${method.replaceAll('_', ' ')}`;
      return `${paid} over ${debts(allocations.length)}${creditWords(creditMinor, currency)}`;
    }
    case 'CreditApplied': {
      const { amountMinor, currency, allocations } = event.data;
      return `Credit of ${formatMoney(amountMinor, currency)} paid ${debts(allocations.length)}`;
    }
    case 'SaleReturnedToAccount': {
      const { amountMinor, currency, orderId, recoveredMinor, creditMinor } = event.data;
      const returned = `Goods of order ${orderId} came back: ${formatMoney(amountMinor, currency)}`;
      const recovered = `, ${formatMoney(recoveredMinor, currency)} of it written off before`;
      return `${returned}${recoveredMinor > 0 ? recovered : ''}${creditWords(creditMinor, currency)}`;
    }
    case 'CreditLimitBreached': {
      const { overMinor, creditLimitMinor, currency } = event.data;
      const limit = formatMoney(creditLimitMinor, currency);
      return `${formatMoney(overMinor, currency)} more is owed than the limit of ${limit}`;
    }
    case 'CashPaidOut': {
      const { amountMinor, currency, reason } = event.data;
      return `Paid out ${formatMoney(amountMinor, currency)} in cash: ${reason}`;
    }
    case 'DebtWrittenOff': {
      const { amountMinor, currency, debtId, approvedBy, reason } = event.data;
      const amount = formatMoney(amountMinor, currency);
      return `Wrote off ${amount} of debt ${debtId}, approved by ${approvedBy}: ${reason}`;
    }
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}

function contactWords({ name, phone, email }: Contact): string {
  return [name, phone, email].filter((text) => text !== undefined && text !== '').join(', ');
}

function termsWords(
  {
    creditLimitMinor,
    blockWhenOverdue,
  }: { readonly creditLimitMinor: number | null; readonly blockWhenOverdue: boolean },
  currency: string,
): string {
  const block = blockWhenOverdue ? 'blocked when overdue' : 'not blocked when overdue';
  return `${limitWords(creditLimitMinor, currency)}, ${block}`;
}

function limitWords(limitMinor: number | null, currency: string): string {
  return limitMinor === null ? 'no credit limit' : `limit ${formatMoney(limitMinor, currency)}`;
}

function creditWords(creditMinor: number, currency: string): string {
  return creditMinor > 0 ? `, ${formatMoney(creditMinor, currency)} kept as credit` : '';
}

function debts(count: number): string {
  return count === 1 ? '1 debt' : `${count} debts`;
}
