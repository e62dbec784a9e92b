import { customerRoutes } from '../api/routes/accounts/accounts.ts';
import { debtRoutes } from '../api/routes/accounts/debts.ts';
import { accountPaymentRoutes } from '../api/routes/accounts/payments.ts';
import { CustomerParams } from '../api/routes/accounts/schemas.ts';
import { historyEntity } from '../api/routes/history/entities.ts';
import { accountDecider, type AccountEvent, accountEvents } from '../domain/accounts/index.ts';
import { CustomerAccountSchema } from '../projections/accounts/account/document.ts';
import { accountAsOf, customerAccounts } from '../projections/accounts/account/projection.ts';
import { customerSearch } from '../projections/accounts/customer-search/projection.ts';
import { debts } from '../projections/accounts/debts/projection.ts';
import { describeAccountEvent } from '../projections/accounts/describe.ts';
import { accountStatement } from '../projections/accounts/statement/projection.ts';
import { defineFeature } from './feature.ts';

export const accounts = defineFeature({
  name: 'accounts',
  deciders: [accountDecider],
  events: accountEvents,
  projections: [customerAccounts, customerSearch, accountStatement, debts],
  documents: {
    'customer-accounts': 'An account with its open debts: `GET /customers`, by id too.',
    'customer-search': 'Search terms of a customer: `GET /customers?search=`.',
    'account-statement': 'A line of a statement: `GET /customers/:customerId/statement`.',
    debts: 'A debt: `GET /debts`.',
  },
  routes: [...customerRoutes, ...debtRoutes, ...accountPaymentRoutes],
  descriptions: [
    { category: 'account', describe: (event) => describeAccountEvent(event as AccountEvent) },
  ],
  audit: {
    AccountTermsChanged: { severity: 'LOW' },
    AccountContactChanged: { severity: 'LOW' },
    CustomerDataErased: { severity: 'MEDIUM' },
    CashPaidOut: { severity: 'MEDIUM' },
    DebtWrittenOff: { severity: 'MEDIUM' },
  },
  timeTravel: [
    historyEntity({
      category: 'account',
      path: 'customers',
      id: 'customerId',
      noun: 'account',
      name: 'Account',
      article: "A customer's account",
      notFound: 'account_not_found',
      params: CustomerParams,
      readModel: accountAsOf,
      document: CustomerAccountSchema,
    }),
  ],
});
