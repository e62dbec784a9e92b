import { eventOf, findEvent } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { withDrawer } from '../drawers/with-drawer.ts';
import { accountCommand, accountResponse } from './responses.ts';
import { AccountPaymentResponse, CreditAppliedResponse, PayoutResponse } from './schemas.ts';

const permission = 'payments:write';

const payAccount = withDrawer(
  accountCommand('RecordAccountPayment', {
    path: '/customers/:customerId/payments',
    operationId: 'payAccount',
    summary: 'Take a payment into an account',
    description:
      'It pays the oldest debts first, or the given ones with a reason. What exceeds the debts becomes credit.',
    permission,
    status: 201,
    response: AccountPaymentResponse,
    location: (result) => {
      const { paymentId } = eventOf(result, 'AccountPaymentRecorded').data;
      return `/payments/${encodeURIComponent(paymentId)}`;
    },
    example: { method: 'cash', amountMinor: 1000, tenderedMinor: 2000, currency: 'EUR' },
    errors: [
      'account_not_found',
      'debt_not_found',
      'debt_settled',
      'allocation_mismatch',
      'allocation_exceeds_debt',
      'tendered_too_little',
      'approval_required',
      'currency_mismatch',
    ],
    respond(result) {
      const { paymentId, method, amountMinor, changeMinor, policy, allocations, creditMinor } =
        eventOf(result, 'AccountPaymentRecorded').data;
      const payment = { paymentId, method, amountMinor, changeMinor, policy };
      return { ...accountResponse(result), payment: { ...payment, allocations, creditMinor } };
    },
  }),
);

const allocateCredit = accountCommand('AllocateCredit', {
  path: '/customers/:customerId/credit-allocations',
  operationId: 'allocateCredit',
  summary: 'Pay open debts from existing credit',
  permission,
  response: CreditAppliedResponse,
  example: {},
  errors: [
    'account_not_found',
    'debt_not_found',
    'debt_settled',
    'allocation_mismatch',
    'allocation_exceeds_debt',
    'approval_required',
  ],
  respond(result) {
    const { amountMinor = 0, allocations = [] } = findEvent(result, 'CreditApplied')?.data ?? {};
    return { ...accountResponse(result), amountMinor, allocations };
  },
});

const payOutCash = withDrawer(
  accountCommand('PayOutCash', {
    path: '/customers/:customerId/payouts',
    operationId: 'payOutCash',
    summary: 'Pay credit out in cash',
    description:
      'At most the part of the credit that came as cash. Cash that paid a debt counts again only when its goods come back.',
    permission,
    status: 201,
    response: PayoutResponse,
    example: { amountMinor: 500, currency: 'EUR', reason: 'Closing the account' },
    errors: ['account_not_found', 'payout_exceeds_refundable', 'currency_mismatch'],
    respond(result) {
      const { payoutId, amountMinor } = eventOf(result, 'CashPaidOut').data;
      return { ...accountResponse(result), payout: { payoutId, amountMinor } };
    },
  }),
);

export const accountPaymentRoutes: readonly Route[] = [payAccount, allocateCredit, payOutCash];
