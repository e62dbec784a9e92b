import { omitUndefined } from '../../lib/omit-undefined.ts';
import { dayNumber } from '../kernel/business-day.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { DomainError } from '../kernel/errors.ts';
import { addMinor, assertWithinMaximum } from '../kernel/money.ts';
import { isOverdue } from './ageing.ts';
import { assertCurrency, assertJustified, assertPositive, openDebtOf } from './checks.ts';
import type { OpenDebt, WriteOffDebt } from './commands.ts';
import type { CreditApplied, DebtOpened, DebtWrittenOff } from './events.ts';
import { balanceMinor, type OpenAccountState, owedMinor } from './state.ts';

/**
 * Opens a debt and, in the same decision, pays as much of it as the customer's credit covers.
 * @throws DomainError credit_limit_exceeded, overdue_block (neither for opening balances, which
 *   are history and not a sale), debt_exists, currency_mismatch, amount_out_of_range,
 *   invalid_request for a due date that is not a day of the calendar.
 */
export function openDebt(
  data: OpenDebt['data'],
  account: OpenAccountState,
  context: CommandContext,
): (DebtOpened | CreditApplied)[] {
  const { amountMinor, currency, dueDate, note, orderId } = data;
  const debtId = derivedId(context);
  const kind = data.kind ?? (orderId === undefined ? 'direct' : 'sale');
  assertPositive(amountMinor);
  assertCurrency(currency, account);
  if (dueDate !== undefined) dayNumber(dueDate);
  assertNewDebt(account, debtId);
  if (kind !== 'opening') {
    assertWithinLimit(account, amountMinor);
    assertNothingOverdue(account, context.businessDay);
  }
  assertWithinMaximum(addMinor(owedMinor(account), amountMinor), 'owedMinor');
  const after = {
    customerId: account.customerId,
    currency,
    businessDay: context.businessDay,
    balanceMinor: addMinor(balanceMinor(account), amountMinor),
  };
  const opened: DebtOpened = {
    type: 'DebtOpened',
    data: { ...after, debtId, kind, amountMinor, ...omitUndefined({ orderId, dueDate, note }) },
  };
  const paidMinor = Math.min(account.creditMinor, amountMinor);
  if (paidMinor === 0) return [opened];
  const remainingMinor = amountMinor - paidMinor;
  const allocations = [{ debtId, amountMinor: paidMinor, remainingMinor }];
  return [
    opened,
    {
      type: 'CreditApplied',
      data: { ...after, amountMinor: paidMinor, policy: 'fifo', allocations },
    },
  ];
}

function assertNewDebt(account: OpenAccountState, debtId: string): void {
  const known = account.debts.some((debt) => debt.debtId === debtId);
  if (!known && !account.settledDebtIds.includes(debtId)) return;
  throw new DomainError('debt_exists', `debt ${debtId} exists already`, { debtId });
}

/** The limit bounds the balance, so credit widens it. */
function assertWithinLimit(account: OpenAccountState, requestedMinor: number): void {
  const limitMinor = account.creditLimitMinor;
  if (limitMinor === null) return;
  const balance = balanceMinor(account);
  const availableMinor = Math.max(0, limitMinor - balance);
  if (requestedMinor <= availableMinor) return;
  throw new DomainError(
    'credit_limit_exceeded',
    `expected at most ${availableMinor} within the limit of ${limitMinor}, found ${requestedMinor}`,
    { limitMinor, balanceMinor: balance, requestedMinor, availableMinor },
  );
}

function assertNothingOverdue(account: OpenAccountState, businessDay: string): void {
  if (!account.blockWhenOverdue) return;
  const overdue = account.debts.find((debt) => isOverdue(debt, businessDay));
  if (!overdue) return;
  const { debtId, dueDate, remainingMinor } = overdue;
  throw new DomainError(
    'overdue_block',
    `expected nothing overdue on ${businessDay}, found debt ${debtId} due on ${String(dueDate)}`,
    { debtId, dueDate, remainingMinor, businessDay },
  );
}

/**
 * Writes off a debt, in full or in part.
 * @throws DomainError approval_required (the reason or the approver is missing),
 *   write_off_exceeds_debt, debt_settled, amount_out_of_range.
 * @throws NotFoundError debt_not_found.
 */
export function writeOffDebt(
  data: WriteOffDebt['data'],
  account: OpenAccountState,
  context: CommandContext,
): DebtWrittenOff[] {
  const { debtId, reason, approvedBy } = data;
  assertJustified(approvedBy, 'approvedBy');
  assertJustified(reason, 'reason');
  const debt = openDebtOf(account, debtId);
  const amountMinor = data.amountMinor ?? debt.remainingMinor;
  assertPositive(amountMinor);
  if (amountMinor > debt.remainingMinor) {
    throw new DomainError(
      'write_off_exceeds_debt',
      `expected at most ${debt.remainingMinor} of debt ${debtId}, found ${amountMinor}`,
      { debtId, remainingMinor: debt.remainingMinor, requestedMinor: amountMinor },
    );
  }
  return [
    {
      type: 'DebtWrittenOff',
      data: {
        customerId: account.customerId,
        currency: account.currency,
        businessDay: context.businessDay,
        balanceMinor: balanceMinor(account) - amountMinor,
        debtId,
        amountMinor,
        remainingMinor: debt.remainingMinor - amountMinor,
        reason,
        approvedBy,
      },
    },
  ];
}
