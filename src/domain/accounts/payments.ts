import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { DomainError } from '../kernel/errors.ts';
import { addMinor, assertWithinMaximum } from '../kernel/money.ts';
import { change } from '../kernel/tender.ts';
import { allocatePayment } from './allocation.ts';
import { assertCurrency, assertJustified, assertPositive } from './checks.ts';
import type { AllocateCredit, PayOutCash, RecordAccountPayment } from './commands.ts';
import type { AccountPaymentRecorded, CashPaidOut, CreditApplied } from './events.ts';
import { balanceMinor, type OpenAccountState } from './state.ts';

/**
 * Records a customer's payment and which debts it pays, to the minor unit. What no debt takes
 * becomes credit.
 * @throws DomainError currency_mismatch, amount_out_of_range, tendered_too_little,
 *   invalid_request (tendered without cash), and those of `allocatePayment`.
 * @throws NotFoundError debt_not_found.
 */
export function recordAccountPayment(
  data: RecordAccountPayment['data'],
  account: OpenAccountState,
  context: CommandContext,
): AccountPaymentRecorded[] {
  const { method, amountMinor, currency, tenderedMinor, reference, reason, drawerId } = data;
  assertPositive(amountMinor);
  assertCurrency(currency, account);
  const changeMinor = changeOf(data);
  const { policy, allocations, remainderMinor } = allocatePayment(
    account,
    amountMinor,
    data.allocations,
    reason,
  );
  // The sums are checked here, where a refusal is possible: the fold only adds.
  if (remainderMinor > 0) {
    assertWithinMaximum(addMinor(account.creditMinor, remainderMinor), 'creditMinor');
  }
  if (method === 'cash') addMinor(account.cashHeldMinor, amountMinor);
  return [
    {
      type: 'AccountPaymentRecorded',
      data: {
        customerId: account.customerId,
        currency,
        businessDay: context.businessDay,
        balanceMinor: addMinor(balanceMinor(account), -amountMinor),
        paymentId: derivedId(context),
        method,
        amountMinor,
        changeMinor,
        policy,
        allocations,
        creditMinor: remainderMinor,
        ...omitUndefined({ tenderedMinor, reference, reason, drawerId }),
      },
    },
  ];
}

function changeOf(data: RecordAccountPayment['data']): number {
  const { method, amountMinor, tenderedMinor } = data;
  if (tenderedMinor === undefined) return 0;
  if (method !== 'cash') {
    throw new DomainError('invalid_request', `expected tenderedMinor with cash, found ${method}`, {
      field: 'tenderedMinor',
      method,
    });
  }
  assertPositive(tenderedMinor, 'tenderedMinor');
  return change(amountMinor, tenderedMinor);
}

/**
 * Existing credit pays debts that were opened before it. Where there is nothing to apply, an amount
 * of 0 is recorded, so that a repeat of the command does not apply credit of another day.
 * @throws DomainError and NotFoundError as `allocatePayment`, measured against the credit.
 */
export function allocateCredit(
  data: AllocateCredit['data'],
  account: OpenAccountState,
  context: CommandContext,
): CreditApplied[] {
  const { creditMinor } = account;
  const { reason } = data;
  const { policy, allocations, remainderMinor } = allocatePayment(
    account,
    creditMinor,
    data.allocations,
    reason,
  );
  return [
    {
      type: 'CreditApplied',
      data: {
        customerId: account.customerId,
        currency: account.currency,
        businessDay: context.businessDay,
        balanceMinor: balanceMinor(account),
        amountMinor: creditMinor - remainderMinor,
        policy,
        allocations,
        ...omitUndefined({ reason }),
      },
    },
  ];
}

/**
 * Credit that leaves as cash: at most the part of it that came as cash and has not gone out yet.
 * Cash that paid a debt counts again only once the goods of that debt came back (D4).
 * @throws DomainError payout_exceeds_refundable, approval_required (no reason),
 *   currency_mismatch, amount_out_of_range.
 */
export function payOutCash(
  data: PayOutCash['data'],
  account: OpenAccountState,
  context: CommandContext,
): CashPaidOut[] {
  const { amountMinor, currency, reason } = data;
  assertPositive(amountMinor);
  assertCurrency(currency, account);
  assertJustified(reason, 'reason');
  const { creditMinor, cashRefundableMinor } = account;
  if (amountMinor > cashRefundableMinor) {
    throw new DomainError(
      'payout_exceeds_refundable',
      `expected at most ${cashRefundableMinor} in cash, found ${amountMinor}`,
      {
        refundableMinor: cashRefundableMinor,
        creditMinor,
        cashRefundableMinor,
        requestedMinor: amountMinor,
      },
    );
  }
  return [
    {
      type: 'CashPaidOut',
      data: {
        customerId: account.customerId,
        currency,
        businessDay: context.businessDay,
        balanceMinor: balanceMinor(account) + amountMinor,
        payoutId: derivedId(context),
        amountMinor,
        reason,
        ...omitUndefined({ drawerId: data.drawerId }),
      },
    },
  ];
}
