import type { AccountEvent } from '../../../domain/accounts/events.ts';
import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { documentKey, partsOf, streamName } from '../../../domain/kernel/names.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import { padRevision } from '../../../engine/projections/folding/pad-revision.ts';
import type { StatementLine } from './document.ts';

type Line = Pick<StatementLine, 'kind' | 'reference' | 'orderId' | 'description'> & {
  readonly debitMinor?: number;
  readonly creditMinor?: number;
};

/** One document per event that moves a customer's balance, in the order of the account's stream. */
export const accountStatement: Projection<StatementLine> = {
  name: 'account-statement',
  version: 1,
  collection: 'account-statement',
  indexes: [
    { name: 'by_customer', fields: ['customerId', 'revision'] },
    { name: 'by_day', fields: ['customerId', 'day'] },
  ],
  categories: ['account'],
  feed: 'money',
  keys: (event) => {
    if (!lineOf(event)) return [];
    const { storeId, parts } = partsOf(event.stream);
    return [documentKey(storeId, ...parts, padRevision(event.revision))];
  },
  streamOf: (key) => {
    const { storeId, parts } = partsOf(key);
    return streamName('account', storeId, ...parts.slice(0, -1));
  },
  evolve(document, recorded) {
    const line = lineOf(recorded);
    if (!line) return document;
    const { customerId, currency, businessDay, balanceMinor } = (recorded as AccountEvent).data;
    return {
      customerId,
      revision: recorded.revision,
      day: businessDay,
      at: recorded.recordedAt,
      ...line,
      currency,
      debitMinor: line.debitMinor ?? 0,
      creditMinor: line.creditMinor ?? 0,
      balanceMinor,
    };
  },
};

function lineOf(recorded: RecordedEvent): Line | undefined {
  const event = recorded as unknown as AccountEvent;
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
      const { refundId, orderId, amountMinor } = event.data;
      const description = 'Returned goods';
      return {
        kind: 'return',
        reference: refundId,
        orderId,
        description,
        creditMinor: amountMinor,
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
