import { accounts } from './accounts.ts';
import { alerts } from './alerts.ts';
import { auditTrailOf } from './audit-trail.ts';
import { books } from './books.ts';
import { catalog } from './catalog.ts';
import { checkouts } from './checkouts.ts';
import { deliveries } from './deliveries.ts';
import { drawers } from './drawers.ts';
import type { Feature } from './feature.ts';
import { fieldMappings } from './field-mappings.ts';
import { fiscal } from './fiscal.ts';
import { fulfilment } from './fulfilment.ts';
import { history } from './history.ts';
import { identity } from './identity.ts';
import { integrations } from './integrations.ts';
import { inventory } from './inventory.ts';
import { notifications } from './notifications.ts';
import { operations } from './operations.ts';
import { orders } from './orders.ts';
import { paymentNotices } from './payment-notices.ts';
import { payments } from './payments.ts';
import { processes } from './processes.ts';
import { receivedPayments } from './received-payments.ts';
import { reports } from './reports.ts';
import { restores } from './restores.ts';
import { settings } from './settings.ts';
import { squareImport } from './square-import.ts';
import { sync } from './sync.ts';
import { webhookSubscriptions } from './webhook-subscriptions.ts';
import { webhooks } from './webhooks.ts';

/** The business of the product: a new concept adds a line here. */
const concepts: readonly Feature[] = [
  orders,
  accounts,
  alerts,
  receivedPayments,
  payments,
  paymentNotices,
  checkouts,
  drawers,
  reports,
  restores,
  settings,
  squareImport,
  catalog,
  inventory,
  fulfilment,
  processes,
  identity,
  deliveries,
  notifications,
  webhooks,
  webhookSubscriptions,
  integrations,
  sync,
  fiscal,
  fieldMappings,
  books,
];

/** The table of contents of the product. */
export const features: readonly Feature[] = [
  ...concepts,
  history(concepts),
  auditTrailOf(concepts),
  operations,
];
