import { customers } from './accounts.ts';
import type { Feature } from './feature.ts';
import { history } from './history.ts';
import { imports } from './square-import.ts';
import { orders } from './orders.ts';
import { payments } from './received-payments.ts';
import { reports } from './reports.ts';

/** The table of contents of the product. */
export const features: readonly Feature[] = [
  orders,
  customers,
  payments,
  reports,
  history,
  imports,
];
