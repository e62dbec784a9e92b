import { customers } from './customers.ts';
import type { Feature } from './feature.ts';
import { history } from './history.ts';
import { imports } from './imports.ts';
import { orders } from './orders.ts';
import { payments } from './payments.ts';
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
