import { Type } from '@sinclair/typebox';

import { accountDecider, ageing } from '../../../commands/accounts/accounts.ts';
import { StatementLineSchema } from '../../../projections/accounts/statement/document.ts';
import { readStatement } from '../../../projections/accounts/statement/queries.ts';
import { CustomerAccountSchema } from '../../../projections/accounts/account/document.ts';
import {
  findCustomerAccount,
  listCustomerAccounts,
} from '../../../projections/accounts/account/queries.ts';
import { route, type Route } from '../../route.ts';
import { accountResponse } from './responses.ts';
import { orNotFound, pageResponse, writeResult } from '../../responses.ts';
import { EVERYONE, MANAGERS } from '../../roles.ts';
import { CustomerParams, Day, daysQuery, pageOf, pageQuery } from '../../schemas.ts';
import { AccountAnswer, CustomerAnswer, OpenAccountBody, TermsBody } from './schemas.ts';

const tag = 'Customers';

const openAccount = route({
  method: 'post',
  path: '/customers',
  operationId: 'openAccount',
  summary: "Open a customer's account",
  tag,
  access: MANAGERS,
  body: OpenAccountBody,
  status: 201,
  response: AccountAnswer,
  write: true,
  example: {
    currency: 'EUR',
    name: 'Marta Ruiz',
    phone: '+34 600 000 000',
    creditLimitMinor: 20000,
  },
  errors: ['unknown_currency'],
  async handle(request) {
    const customerId = request.newEntityId();
    const command = { type: 'OpenAccount', data: request.body } as const;
    const result = await request.execute(accountDecider, customerId, command);
    const location = `/customers/${customerId}`;
    return { ...writeResult(201, result), location, body: accountResponse(result) };
  },
});

const changeTerms = route({
  method: 'put',
  path: '/customers/:customerId/terms',
  operationId: 'changeTerms',
  summary: "Change an account's credit limit and blocking",
  tag,
  access: MANAGERS,
  params: CustomerParams,
  body: TermsBody,
  status: 200,
  response: AccountAnswer,
  write: true,
  example: { creditLimitMinor: 50000 },
  errors: ['account_not_found'],
  async handle(request) {
    const command = { type: 'ChangeTerms', data: request.body } as const;
    const result = await request.execute(accountDecider, request.params.customerId, command);
    return { ...writeResult(200, result), body: accountResponse(result) };
  },
});

const listCustomers = route({
  method: 'get',
  path: '/customers',
  operationId: 'listCustomers',
  summary: 'Customer accounts by name',
  tag,
  access: EVERYONE,
  query: Type.Object(pageQuery),
  status: 200,
  response: pageOf(CustomerAccountSchema),
  write: false,
  readModels: ['customer-accounts'],
  async handle({ query, reads }) {
    return { status: 200, body: pageResponse(await listCustomerAccounts(reads, query)) };
  },
});

const getCustomer = route({
  method: 'get',
  path: '/customers/:customerId',
  operationId: 'getCustomer',
  summary: "A customer's account: balance, open debts and their age",
  tag,
  access: EVERYONE,
  params: CustomerParams,
  query: Type.Object({
    asOf: Type.Optional(Type.String({ ...Day, description: 'Day that ages count to; today.' })),
  }),
  status: 200,
  response: CustomerAnswer,
  write: false,
  readModels: ['customer-accounts'],
  errors: ['account_not_found'],
  async handle({ params: { customerId }, query, reads, caller }, { calendar, clock }) {
    const storeId = caller.shop.id;
    const account = orNotFound(
      await findCustomerAccount(reads, storeId, customerId),
      'account_not_found',
      `account ${customerId}`,
    );
    const asOf = query.asOf ?? calendar.businessDay(storeId, clock.now());
    // No ETag: ages change from day to day while the revision stays.
    return {
      status: 200,
      body: { ...account, ageing: { asOf, ...ageing(account.openDebts, asOf) } },
    };
  },
});

const getStatement = route({
  method: 'get',
  path: '/customers/:customerId/statement',
  operationId: 'getStatement',
  summary: 'What raised and lowered the balance of an account, with the balance after each',
  tag,
  access: EVERYONE,
  params: CustomerParams,
  query: Type.Object({ ...daysQuery, ...pageQuery }),
  status: 200,
  response: pageOf(StatementLineSchema),
  write: false,
  readModels: ['customer-accounts', 'account-statement'],
  errors: ['account_not_found'],
  async handle({ params: { customerId }, query, reads, caller }) {
    orNotFound(
      await findCustomerAccount(reads, caller.shop.id, customerId),
      'account_not_found',
      `account ${customerId}`,
    );
    const { limit, cursor, ...days } = query;
    const page = await readStatement(reads, customerId, days, { limit, cursor });
    return { status: 200, body: pageResponse(page) };
  },
});

export const customerRoutes: readonly Route[] = [
  openAccount,
  listCustomers,
  getCustomer,
  changeTerms,
  getStatement,
];
