import { accountDecider } from '../../../commands/accounts/accounts.ts';
import { route, type Route } from '../../route.ts';
import { accountResponse, accountEvent, theAccountEvent } from './responses.ts';
import { writeResult } from '../../responses.ts';
import { EVERYONE } from '../../roles.ts';
import { CustomerParams } from '../../schemas.ts';
import {
  AccountPaymentAnswer,
  AccountPaymentBody,
  AllocateCreditBody,
  CreditAppliedAnswer,
  PayoutAnswer,
  PayoutBody,
} from './schemas.ts';

const tag = 'Customers';

const payAccount = route({
  method: 'post',
  path: '/customers/:customerId/payments',
  operationId: 'payAccount',
  summary: 'Take a payment into an account',
  description:
    'It pays the oldest debts first, or the given ones with a reason. What no debt takes becomes credit.',
  tag,
  access: EVERYONE,
  params: CustomerParams,
  body: AccountPaymentBody,
  status: 201,
  response: AccountPaymentAnswer,
  write: true,
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
  async handle(request) {
    const { params, body } = request;
    const command = { type: 'RecordAccountPayment', data: body } as const;
    const result = await request.execute(accountDecider, params.customerId, command);
    const paid = theAccountEvent(result, 'AccountPaymentRecorded');
    const { paymentId, method, amountMinor, changeMinor, policy } = paid;
    const { allocations, creditMinor } = paid;
    const payment = { paymentId, method, amountMinor, changeMinor, policy };
    return {
      ...writeResult(201, result),
      location: `/payments/${encodeURIComponent(paymentId)}`,
      body: { ...accountResponse(result), payment: { ...payment, allocations, creditMinor } },
    };
  },
});

const allocateCredit = route({
  method: 'post',
  path: '/customers/:customerId/credit-allocations',
  operationId: 'allocateCredit',
  summary: 'Pay open debts from credit that is there',
  tag,
  access: EVERYONE,
  params: CustomerParams,
  body: AllocateCreditBody,
  status: 200,
  response: CreditAppliedAnswer,
  write: true,
  example: {},
  errors: [
    'account_not_found',
    'debt_not_found',
    'debt_settled',
    'allocation_mismatch',
    'allocation_exceeds_debt',
    'approval_required',
  ],
  async handle(request) {
    const { params, body } = request;
    const command = { type: 'AllocateCredit', data: body } as const;
    const result = await request.execute(accountDecider, params.customerId, command);
    const applied = accountEvent(result, 'CreditApplied');
    return {
      ...writeResult(200, result),
      body: {
        ...accountResponse(result),
        amountMinor: applied?.amountMinor ?? 0,
        allocations: applied?.allocations ?? [],
      },
    };
  },
});

const payOut = route({
  method: 'post',
  path: '/customers/:customerId/payouts',
  operationId: 'payOutCash',
  summary: 'Give credit back as cash',
  description: 'At most the credit, and at most the cash that came into the account and stayed.',
  tag,
  access: EVERYONE,
  params: CustomerParams,
  body: PayoutBody,
  status: 201,
  response: PayoutAnswer,
  write: true,
  example: { amountMinor: 500, currency: 'EUR', reason: 'Closing the account' },
  errors: ['account_not_found', 'payout_exceeds_refundable', 'currency_mismatch'],
  async handle(request) {
    const { params, body } = request;
    const command = { type: 'PayOutCash', data: body } as const;
    const result = await request.execute(accountDecider, params.customerId, command);
    const { payoutId, amountMinor } = theAccountEvent(result, 'CashPaidOut');
    const answer = { ...accountResponse(result), payout: { payoutId, amountMinor } };
    return { ...writeResult(201, result), body: answer };
  },
});

export const accountPaymentRoutes: readonly Route[] = [payAccount, allocateCredit, payOut];
