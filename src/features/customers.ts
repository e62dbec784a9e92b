import { accountPaymentRoutes } from '../api/routes/account-payments.ts';
import { customerRoutes } from '../api/routes/customers.ts';
import { debtRoutes } from '../api/routes/debts.ts';
import { ACCOUNT_EVENT_TYPES } from '../commands/accounts/accounts.ts';
import { accountStatement } from '../projections/account-statement/projection.ts';
import { customerAccounts } from '../projections/customer-accounts/projection.ts';
import { debts } from '../projections/debts/projection.ts';
import type { Feature } from './feature.ts';

export const customers: Feature = {
  name: 'customers',
  eventTypes: ACCOUNT_EVENT_TYPES,
  projections: [customerAccounts, accountStatement, debts],
  processes: [],
  routes: [...customerRoutes, ...debtRoutes, ...accountPaymentRoutes],
};
