import { Type } from '@sinclair/typebox';

import { ageing } from '../../../domain/accounts/index.ts';
import { Day, described, optional } from '../../../domain/kernel/schema.ts';
import { CustomerAccountSchema } from '../../../projections/accounts/account/document.ts';
import {
  findCustomerAccount,
  listCustomerAccounts,
} from '../../../projections/accounts/account/queries.ts';
import { searchCustomers } from '../../../projections/accounts/customer-search/queries.ts';
import { StatementLineSchema } from '../../../projections/accounts/statement/document.ts';
import { readStatement } from '../../../projections/accounts/statement/queries.ts';
import { assertSeesPersonalData, personalView } from '../../personal-view.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import type { ApiRequest, Route } from '../../route.ts';
import { daysQuery, pageOf, pageQuery } from '../../schemas.ts';
import { eraseCustomerData } from './erasure.ts';
import { accountCommand, accountResponse, contactOf, tag } from './responses.ts';
import { ContactResponse, CustomerParams, CustomerResponse, SearchText } from './schemas.ts';

const permission = 'customers:read';
const PERSONAL = ['name', 'phone', 'email'] as const;

async function accountOf(request: ApiRequest<{ customerId: string }, unknown, unknown>) {
  const { params, reads, caller } = request;
  const account = await findCustomerAccount(reads, caller.shop.id, params.customerId);
  const found = orNotFound(account, 'account_not_found', `account ${params.customerId}`);
  return personalView(caller, found, PERSONAL);
}

export const customerRoutes: readonly Route[] = [
  accountCommand('OpenAccount', {
    path: '/customers',
    operationId: 'openAccount',
    summary: "Open a customer's account",
    permission: 'customers:manage',
    creates: true,
    status: 201,
    example: {
      currency: 'EUR',
      name: 'Marta Ruiz',
      phone: '+34 600 000 000',
      creditLimitMinor: 20000,
    },
    errors: ['unknown_currency'],
  }),
  query({
    path: '/customers',
    operationId: 'listCustomers',
    summary: 'Customer accounts by name',
    description:
      'With `search`, those whose name or phone number has a word that begins with each word of it. A page of a search may hold fewer customers than asked for; continue while there is a nextCursor.',
    tag,
    permission,
    query: Type.Object({ search: optional(SearchText), ...pageQuery }),
    response: pageOf(CustomerAccountSchema),
    async read({ query: { search, ...page }, reads, caller }) {
      if (search !== undefined) assertSeesPersonalData(caller);
      const { items, ...rest } =
        search === undefined
          ? await listCustomerAccounts(reads, page)
          : await searchCustomers(reads, caller.shop.id, search, page);
      const seen = items.map((account) => personalView(caller, account, PERSONAL));
      return pageResponse({ ...rest, items: seen });
    },
  }),
  query({
    path: '/customers/:customerId',
    operationId: 'getCustomer',
    summary: "A customer's account: balance, open debts and their age",
    tag,
    permission,
    params: CustomerParams,
    query: Type.Object({
      asOf: optional(described(Day, 'Day for which ages are counted; today by default.')),
    }),
    response: CustomerResponse,
    errors: ['account_not_found'],
    // No ETag: ages change from day to day while the revision stays.
    async read(request, { calendar, clock }) {
      const account = await accountOf(request);
      const today = calendar.businessDay(request.caller.shop.id, clock.now());
      const asOf = request.query.asOf ?? today;
      return { ...account, ageing: { asOf, ...ageing(account.openDebts, asOf) } };
    },
  }),
  accountCommand('ChangeTerms', {
    method: 'put',
    path: '/customers/:customerId/terms',
    operationId: 'changeTerms',
    summary: "Change an account's credit limit and blocking",
    permission: 'customers:manage',
    example: { creditLimitMinor: 50000 },
    errors: ['account_not_found'],
  }),
  accountCommand('ChangeContact', {
    method: 'put',
    path: '/customers/:customerId',
    operationId: 'changeContact',
    summary: "Change a customer's name, phone number or email",
    permission: 'customers:manage',
    response: ContactResponse,
    example: { name: 'Marta Ruiz García', phone: '+34 600 000 001' },
    errors: ['account_not_found'],
    respond: (result) => ({ ...accountResponse(result), ...contactOf(result) }),
  }),
  eraseCustomerData,
  query({
    path: '/customers/:customerId/statement',
    operationId: 'getStatement',
    summary: 'Every change of an account balance, with the balance after each',
    tag,
    permission,
    params: CustomerParams,
    query: Type.Object({ ...daysQuery, ...pageQuery }),
    response: pageOf(StatementLineSchema),
    errors: ['account_not_found'],
    async read(request) {
      const { customerId } = await accountOf(request);
      const { limit, cursor, ...days } = request.query;
      return pageResponse(await readStatement(request.reads, customerId, days, { limit, cursor }));
    },
  }),
];
