import { Type } from '@sinclair/typebox';

import {
  ALERT_STATUSES,
  alertCommands,
  alertDecider,
  SEVERITIES,
} from '../../../domain/alerts/index.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import { SYSTEM_STORE } from '../../../domain/kernel/names.ts';
import type { Permission } from '../../../domain/kernel/permissions.ts';
import { described, Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { AlertSchema } from '../../../projections/alerts/document.ts';
import { findAlert, listAlerts } from '../../../projections/alerts/queries.ts';
import { commandRoutes } from '../../command.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse, writtenAt } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { pageOf, pageQuery, written } from '../../schemas.ts';

const tag = 'Alerts';
const params = Type.Object({ alertId: described(Id, 'Its rule and its subject.') });
const errors = ['alert_not_found', 'alert_not_open'] as const;

const AlertResponse = Type.Object(
  {
    alertId: Type.String(),
    status: oneOf(ALERT_STATUSES),
    rule: Type.String(),
    subject: Type.String(),
    severity: oneOf(SEVERITIES),
    occurrence: Type.Integer(),
    raisedAt: Type.String(),
    level: Type.Integer(),
    ...written,
  },
  { $id: 'AlertResponse' },
);

const command = commandRoutes({
  tag,
  decider: alertDecider,
  commands: alertCommands,
  id: 'alertId',
  response: AlertResponse,
  respond(result) {
    if (result.state.status === 'none') throw new InvariantError('an alert after its command');
    const { recentRaises: _raises, about: _about, ...alert } = result.state;
    return { ...alert, ...writtenAt(result) };
  },
});

interface Scope {
  readonly path: string;
  /** Ends the name of each operation. */
  readonly name: string;
  /** Whose alerts, in summaries. */
  readonly whose: string;
  readonly scope: 'shop' | 'system';
  readonly read: Permission;
  readonly manage: Permission;
}

const OF_SYSTEM: Scope = {
  path: '/alerts/system',
  name: 'SystemAlert',
  whose: 'of the installation',
  scope: 'system',
  read: 'system:operate',
  manage: 'system:operate',
};
const OF_SHOP: Scope = {
  path: '/alerts',
  name: 'Alert',
  whose: 'of the shop',
  scope: 'shop',
  read: 'alerts:read',
  manage: 'alerts:manage',
};

/** Alerts (H3): those of a shop, and those of the installation for operators. */
export const alertRoutes: readonly Route[] = [OF_SYSTEM, OF_SHOP].flatMap(routesOf);

function routesOf({ path, name, whose, scope, read, manage }: Scope): readonly Route[] {
  return [
    query({
      path,
      operationId: `list${name}s`,
      summary: `Alerts ${whose}, the last raised first`,
      tag,
      permission: read,
      scope,
      query: Type.Object({
        status: optional(
          oneOf([...ALERT_STATUSES, 'active'], '`active`: open or acknowledged. All when absent.'),
        ),
        ...pageQuery,
      }),
      response: pageOf(AlertSchema),
      read: async ({ query: { status, ...page }, reads }) =>
        pageResponse(await listAlerts(reads, { status }, page)),
    }),
    query({
      path: `${path}/:alertId`,
      operationId: `get${name}`,
      summary: `One alert ${whose}`,
      tag,
      permission: read,
      scope,
      params,
      response: AlertSchema,
      errors: ['alert_not_found'],
      revision: ({ revision }) => revision,
      async read({ params: { alertId }, reads, caller }) {
        const storeId = scope === 'system' ? SYSTEM_STORE : caller.shop.id;
        const alert = await findAlert(reads, storeId, alertId);
        return orNotFound(alert, 'alert_not_found', `alert ${alertId}`);
      },
    }),
    command('AcknowledgeAlert', {
      path: `${path}/:alertId/acknowledge`,
      operationId: `acknowledge${name}`,
      summary: `Take care of an alert ${whose}`,
      description: 'It stays open until its condition ends, and is not escalated any further.',
      permission: manage,
      scope,
      params,
      example: { note: 'I restart the printer.' },
      errors,
    }),
    command('ResolveAlert', {
      path: `${path}/:alertId/resolve`,
      operationId: `resolve${name}`,
      summary: `Close an alert ${whose}`,
      description: 'An alert resolves by itself. One whose condition lasts is raised again.',
      permission: manage,
      scope,
      params,
      example: { note: 'The server was removed.' },
      errors,
    }),
  ];
}
