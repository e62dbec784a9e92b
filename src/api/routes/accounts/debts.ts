import { Type } from '@sinclair/typebox';

import { accountDecider } from '../../../commands/accounts/accounts.ts';
import { DomainError } from '../../../domain/kernel/errors.ts';
import { DebtSchema } from '../../../projections/accounts/debts/document.ts';
import { listDebts as findDebts } from '../../../projections/accounts/debts/queries.ts';
import { route, type Route } from '../../route.ts';
import { accountResponse, accountEvent, theAccountEvent } from './responses.ts';
import { pageResponse, writeResult } from '../../responses.ts';
import { EVERYONE, MANAGERS } from '../../roles.ts';
import { CustomerParams, Day, Id, oneOf, pageOf, pageQuery } from '../../schemas.ts';
import { DebtAnswer, DebtBody, DebtParams, WriteOffAnswer, WriteOffBody } from './schemas.ts';

const tag = 'Customers';

const openDebt = route({
  method: 'post',
  path: '/customers/:customerId/debts',
  operationId: 'openDebt',
  summary: 'Write down a debt without an order',
  description:
    'Credit of the account pays of it at once. `opening` is for managers and operators only.',
  tag,
  access: EVERYONE,
  params: CustomerParams,
  body: DebtBody,
  status: 201,
  response: DebtAnswer,
  write: true,
  example: { amountMinor: 1850, currency: 'EUR', dueDate: '2030-01-31', note: 'Groceries' },
  errors: ['account_not_found', 'credit_limit_exceeded', 'overdue_block', 'currency_mismatch'],
  async handle(request) {
    const { params, body, caller } = request;
    if (body.kind === 'opening' && caller.role === 'till') {
      throw new DomainError(
        'forbidden',
        `expected a key with the role ${MANAGERS.join(' or ')} for an opening balance`,
      );
    }
    const command = { type: 'OpenDebt', data: body } as const;
    const result = await request.execute(accountDecider, params.customerId, command);
    const { debtId, kind, amountMinor, dueDate } = theAccountEvent(result, 'DebtOpened');
    const applied = accountEvent(result, 'CreditApplied')?.allocations ?? [];
    return {
      ...writeResult(201, result),
      body: {
        ...accountResponse(result),
        debt: { debtId, kind, amountMinor, ...(dueDate !== undefined && { dueDate }) },
        creditApplied: applied,
      },
    };
  },
});

const writeOffDebt = route({
  method: 'post',
  path: '/customers/:customerId/debts/:debtId/write-off',
  operationId: 'writeOffDebt',
  summary: 'Give up a debt, or part of it',
  tag,
  access: MANAGERS,
  params: DebtParams,
  body: WriteOffBody,
  status: 200,
  response: WriteOffAnswer,
  write: true,
  example: { reason: 'Moved away', approvedBy: 'Ana' },
  errors: [
    'account_not_found',
    'debt_not_found',
    'debt_settled',
    'write_off_exceeds_debt',
    'approval_required',
  ],
  async handle(request) {
    const {
      params: { customerId, debtId },
      body,
    } = request;
    const command = { type: 'WriteOffDebt', data: { debtId, ...body } } as const;
    const result = await request.execute(accountDecider, customerId, command);
    const { amountMinor, remainingMinor } = theAccountEvent(result, 'DebtWrittenOff');
    return {
      ...writeResult(200, result),
      body: { ...accountResponse(result), writeOff: { debtId, amountMinor, remainingMinor } },
    };
  },
});

const listDebts = route({
  method: 'get',
  path: '/debts',
  operationId: 'listDebts',
  summary: 'Debts of all customers in the order of their opening',
  description: 'With `overdueOn` only open debts that were due before that day, by due date.',
  tag,
  access: EVERYONE,
  query: Type.Object({
    status: Type.Optional(oneOf(['open', 'settled', 'written_off'])),
    customerId: Type.Optional(Id),
    overdueOn: Type.Optional(Day),
    ...pageQuery,
  }),
  status: 200,
  response: pageOf(DebtSchema),
  write: false,
  readModels: ['debts'],
  async handle({ query, reads }) {
    const { limit, cursor, ...filter } = query;
    return { status: 200, body: pageResponse(await findDebts(reads, filter, { limit, cursor })) };
  },
});

export const debtRoutes: readonly Route[] = [openDebt, listDebts, writeOffDebt];
