import type { AccountEvent } from '../../../domain/accounts/events.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import { perPart } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { Debt } from './document.ts';

interface Reduction {
  readonly debtId: string;
  readonly amountMinor: number;
  readonly remainingMinor: number;
  readonly kind: Debt['reductions'][number]['kind'];
  readonly reference: string;
}

/** One document per debt; an account's stream feeds the documents of all its debts. */
export const debts: Projection<Debt, AccountEvent> = {
  name: 'debts',
  version: 1,
  collection: 'debts',
  indexes: [
    { name: 'by_opening', fields: ['openedAt'] },
    { name: 'by_status', fields: ['status', 'dueDate'] },
    { name: 'by_customer', fields: ['customerId', 'openedAt'] },
  ],
  feed: 'money',
  ...perPart('account', touched),
  evolve(debt, event, key) {
    if (event.type === 'DebtOpened') return opened(event.data, event.recordedAt);
    if (!debt) throw new InvariantError('a debt to be opened first', { key, type: event.type });
    const reduction = reductions(event).find(({ debtId }) => debtId === debt.debtId);
    if (!reduction) return debt;
    const { kind, reference, amountMinor, remainingMinor } = reduction;
    const at = event.recordedAt;
    return {
      ...debt,
      remainingMinor,
      status: statusAfter(kind, remainingMinor),
      reductions: [...debt.reductions, { kind, reference, amountMinor, at }],
    };
  },
};

function statusAfter(kind: Reduction['kind'], remainingMinor: number): Debt['status'] {
  if (remainingMinor > 0) return 'open';
  return kind === 'write-off' ? 'written_off' : 'settled';
}

function touched(event: AccountEvent): string[] {
  if (event.type === 'DebtOpened') return [event.data.debtId];
  return reductions(event).map(({ debtId }) => debtId);
}

function reductions(event: AccountEvent): Reduction[] {
  switch (event.type) {
    case 'AccountPaymentRecorded': {
      const { allocations, paymentId } = event.data;
      return allocations.map((a) => ({ ...a, kind: 'payment', reference: paymentId }));
    }
    case 'CreditApplied':
      return event.data.allocations.map((a) => ({ ...a, kind: 'credit', reference: 'credit' }));
    case 'SaleReturnedToAccount': {
      const { allocations, refundId } = event.data;
      return allocations.map((a) => ({ ...a, kind: 'return', reference: refundId }));
    }
    case 'DebtWrittenOff': {
      const { debtId, amountMinor, remainingMinor, reason } = event.data;
      return [{ debtId, amountMinor, remainingMinor, kind: 'write-off', reference: reason }];
    }
    default:
      return [];
  }
}

function opened(
  data: Extract<AccountEvent, { type: 'DebtOpened' }>['data'],
  openedAt: string,
): Debt {
  const { debtId, customerId, orderId, kind, currency, amountMinor, businessDay, note } = data;
  return {
    debtId,
    customerId,
    ...(orderId !== undefined && { orderId }),
    kind,
    status: 'open',
    currency,
    amountMinor,
    remainingMinor: amountMinor,
    openedOn: businessDay,
    openedAt,
    dueDate: data.dueDate ?? '',
    ...(note !== undefined && { note }),
    reductions: [],
  };
}
