import type { AccountEvent } from '../../../domain/accounts/events.ts';
import { formatMoney } from '../../../domain/kernel/format-money.ts';
import { perEvent } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { StatementLine } from './document.ts';

type Line = Pick<StatementLine, 'kind' | 'reference' | 'orderId' | 'description'> & {
  readonly debitMinor?: number;
  readonly creditMinor?: number;
};

/** One document per payment, debt, return, payout and write-off, in the order of the stream. */
export const accountStatement: Projection<StatementLine, AccountEvent> = {
  name: 'account-statement',
  version: 2,
  collection: 'account-statement',
  indexes: [
    { name: 'by_customer', fields: ['customerId', 'revision'] },
    { name: 'by_day', fields: ['customerId', 'day'] },
  ],
  feed: 'money',
  ...perEvent<AccountEvent>('account', { ignores: (event) => !lineOf(event) }),
  evolve(document, event) {
    const line = lineOf(event);
    if (!line) return document;
    const { customerId, currency, businessDay, balanceMinor } = event.data;
    return {
      customerId,
      revision: event.revision,
      day: businessDay,
      at: event.recordedAt,
      ...line,
      currency,
      debitMinor: line.debitMinor ?? 0,
      creditMinor: line.creditMinor ?? 0,
      balanceMinor,
    };
  },
};

function lineOf(event: AccountEvent): Line | undefined {
  switch (event.type) {
    case 'DebtOpened': {
      const { debtId, orderId, kind, amountMinor, note } = event.data;
      return {
        kind: 'debt',
        reference: debtId,
        ...(orderId !== undefined && { orderId }),
        description: note ?? DEBT_WORDS[kind],
        debitMinor: amountMinor,
      };
    }
    case 'AccountPaymentRecorded': {
      const { paymentId, method, amountMinor, allocations } = event.data;
      const description = `Payment by ${method.replace('_', ' ')} over ${countOf(allocations.length)}`;
      return { kind: 'payment', reference: paymentId, description, creditMinor: amountMinor };
    }
    case 'SaleReturnedToAccount': {
      const { refundId, orderId, amountMinor, recoveredMinor, currency } = event.data;
      const recovered = `, ${formatMoney(recoveredMinor, currency)} of them written off before`;
      return {
        kind: 'return',
        reference: refundId,
        orderId,
        description: `Returned goods${recoveredMinor > 0 ? recovered : ''}`,
        creditMinor: amountMinor - recoveredMinor,
      };
    }
    case 'CashPaidOut': {
      const { payoutId, amountMinor, reason } = event.data;
      return { kind: 'payout', reference: payoutId, description: reason, debitMinor: amountMinor };
    }
    case 'DebtWrittenOff': {
      const { debtId, amountMinor, reason } = event.data;
      return {
        kind: 'write-off',
        reference: debtId,
        description: reason,
        creditMinor: amountMinor,
      };
    }
    default:
      return undefined;
  }
}

function countOf(debts: number): string {
  return debts === 1 ? '1 debt' : `${debts} debts`;
}

const DEBT_WORDS = {
  sale: 'Sale on account',
  direct: 'Debt',
  opening: 'Opening balance',
} as const;
