import { Type } from '@sinclair/typebox';

import { Day, Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { DebtSchema } from '../../../projections/accounts/debts/document.ts';
import { listDebts } from '../../../projections/accounts/debts/queries.ts';
import { authorize } from '../../pipeline/authenticate.ts';
import { query } from '../../query.ts';
import { eventOf, findEvent, pageResponse } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';
import { accountCommand, accountResponse, tag } from './responses.ts';
import { DebtBody, DebtParams, DebtResponse, WriteOffBody, WriteOffResponse } from './schemas.ts';

export const debtRoutes: readonly Route[] = [
  accountCommand('OpenDebt', {
    path: '/customers/:customerId/debts',
    operationId: 'openDebt',
    summary: 'Record a debt that comes from no order',
    description:
      "The account's credit pays part of it at once. Only managers and operators may record an `opening` balance.",
    permission: 'debts:write',
    body: DebtBody,
    data({ body, caller }) {
      if (body.kind === 'opening') authorize('debts:open-balance', caller);
      return body;
    },
    status: 201,
    response: DebtResponse,
    example: { amountMinor: 1850, currency: 'EUR', dueDate: '2030-01-31', note: 'Groceries' },
    errors: ['account_not_found', 'credit_limit_exceeded', 'overdue_block', 'currency_mismatch'],
    respond(result) {
      const { debtId, kind, amountMinor, dueDate } = eventOf(result, 'DebtOpened').data;
      return {
        ...accountResponse(result),
        debt: { debtId, kind, amountMinor, ...(dueDate !== undefined && { dueDate }) },
        creditApplied: findEvent(result, 'CreditApplied')?.data.allocations ?? [],
      };
    },
  }),
  query({
    path: '/debts',
    operationId: 'listDebts',
    summary: 'Debts of all customers, oldest first',
    description: 'With `overdueOn`: only open debts that were due before that day, by due date.',
    tag,
    permission: 'customers:read',
    query: Type.Object({
      status: optional(oneOf(['open', 'settled', 'written_off'])),
      customerId: optional(Id),
      overdueOn: optional(Day),
      ...pageQuery,
    }),
    response: pageOf(DebtSchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listDebts(reads, filter, { limit, cursor }));
    },
  }),
  accountCommand('WriteOffDebt', {
    path: '/customers/:customerId/debts/:debtId/write-off',
    operationId: 'writeOffDebt',
    summary: 'Write off a debt (fully or partly)',
    permission: 'debts:write-off',
    params: DebtParams,
    body: WriteOffBody,
    data: ({ params, body }) => ({ ...body, debtId: params['debtId'] ?? '' }),
    response: WriteOffResponse,
    example: { reason: 'Moved away', approvedBy: 'Ana' },
    errors: [
      'account_not_found',
      'debt_not_found',
      'debt_settled',
      'write_off_exceeds_debt',
      'approval_required',
    ],
    respond(result) {
      const { debtId, amountMinor, remainingMinor } = eventOf(result, 'DebtWrittenOff').data;
      return { ...accountResponse(result), writeOff: { debtId, amountMinor, remainingMinor } };
    },
  }),
];
