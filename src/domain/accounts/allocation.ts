import { DomainError } from '../kernel/errors.ts';
import { addMinor } from '../kernel/money.ts';
import { assertJustified, assertPositive, openDebtOf } from './checks.ts';
import type { AllocationRequest } from './commands.ts';
import type { Allocation, AllocationPolicy } from './events.ts';
import type { AccountDebt, OpenAccountState } from './state.ts';

/** An amount spread over debts: amount = allocations + remainder, which no debt took. */
export interface Spread {
  readonly policy: AllocationPolicy;
  readonly allocations: Allocation[];
  readonly remainderMinor: number;
}

/** Pays the debts in the given order, each in full before the next, until the amount is used up. */
export function allocateInOrder(debts: readonly AccountDebt[], amountMinor: number): Spread {
  const allocations: Allocation[] = [];
  let remainderMinor = amountMinor;
  for (const { debtId, remainingMinor } of debts) {
    if (remainderMinor === 0) break;
    const paid = Math.min(remainderMinor, remainingMinor);
    allocations.push({ debtId, amountMinor: paid, remainingMinor: remainingMinor - paid });
    remainderMinor -= paid;
  }
  return { policy: 'fifo', allocations, remainderMinor };
}

/**
 * Spreads an amount as requested, or over the debts in the order of their opening. Requests for one
 * debt are added up, so that each debt has one row.
 * @throws DomainError approval_required (requested without a reason), allocation_mismatch (more
 *   than the amount), allocation_exceeds_debt, debt_settled, amount_out_of_range.
 * @throws NotFoundError debt_not_found.
 */
export function allocatePayment(
  account: OpenAccountState,
  amountMinor: number,
  requests: readonly AllocationRequest[] | undefined,
  reason: string | undefined,
): Spread {
  if (requests === undefined) return allocateInOrder(account.debts, amountMinor);
  assertJustified(reason, 'reason');
  const wanted = new Map<string, number>();
  let totalMinor = 0;
  for (const request of requests) {
    assertPositive(request.amountMinor, 'allocations.amountMinor');
    wanted.set(request.debtId, addMinor(wanted.get(request.debtId) ?? 0, request.amountMinor));
    totalMinor = addMinor(totalMinor, request.amountMinor);
  }
  if (totalMinor > amountMinor) {
    throw new DomainError(
      'allocation_mismatch',
      `expected allocations of at most ${amountMinor}, found ${totalMinor}`,
      { amountMinor, allocatedMinor: totalMinor },
    );
  }
  const allocations = [...wanted].map(([debtId, paid]) => allocate(account, debtId, paid));
  return { policy: 'manual', allocations, remainderMinor: amountMinor - totalMinor };
}

function allocate(account: OpenAccountState, debtId: string, amountMinor: number): Allocation {
  const { remainingMinor } = openDebtOf(account, debtId);
  if (amountMinor > remainingMinor) {
    throw new DomainError(
      'allocation_exceeds_debt',
      `expected at most ${remainingMinor} for debt ${debtId}, found ${amountMinor}`,
      { debtId, remainingMinor, requestedMinor: amountMinor },
    );
  }
  return { debtId, amountMinor, remainingMinor: remainingMinor - amountMinor };
}
