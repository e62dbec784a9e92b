import { accountPaymentRoutes } from '../api/routes/accounts/payments.ts';
import { customerRoutes } from '../api/routes/accounts/accounts.ts';
import { debtRoutes } from '../api/routes/accounts/debts.ts';
import { ACCOUNT_EVENT_TYPES } from '../commands/accounts/accounts.ts';
import { accountStatement } from '../projections/accounts/statement/projection.ts';
import { customerAccounts } from '../projections/accounts/account/projection.ts';
import { debts } from '../projections/accounts/debts/projection.ts';
import type { Feature } from './feature.ts';

export const customers: Feature = {
  name: 'customers',
  eventTypes: ACCOUNT_EVENT_TYPES,
  projections: [customerAccounts, accountStatement, debts],
  processes: [],
  routes: [...customerRoutes, ...debtRoutes, ...accountPaymentRoutes],
};
