import { Type } from '@sinclair/typebox';

import { claimTill } from '../../../commands/drawers/claim-till.ts';
import {
  DEFAULT_VARIANCE_LIMIT_MINOR,
  drawerCommands,
  drawerDeciderWith,
} from '../../../domain/drawers/index.ts';
import { Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { DrawerSchema } from '../../../projections/drawers/document.ts';
import { findDrawer, listDrawers } from '../../../projections/drawers/queries.ts';
import {
  DEFAULT_PRINTER_WIDTH,
  DrawerReportSchema,
} from '../../../projections/drawers/report/document.ts';
import { reportOf, reportText } from '../../../projections/drawers/report/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse, writeResult } from '../../responses.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';
import { sequenceOf } from '../../sequence-of.ts';
import { drawerCommand, drawerResponse, tag } from './responses.ts';
import { DrawerParams, DrawerResponse, WidthQuery } from './schemas.ts';

async function drawerOf(request: ApiRequest<{ drawerId: string }, unknown, unknown>) {
  const { params, reads, caller } = request;
  const drawer = await findDrawer(reads, caller.shop.id, params.drawerId);
  return orNotFound(drawer, 'drawer_not_found', `drawer session ${params.drawerId}`);
}

const openDrawer = route({
  method: 'post',
  path: '/drawers',
  operationId: 'openDrawer',
  summary: 'Open a drawer session of a till with its opening float',
  description: 'A till has one open session at a time.',
  tag,
  permission: 'drawers:write',
  body: drawerCommands.schemas.OpenDrawer,
  status: 201,
  response: DrawerResponse,
  write: true,
  revisioned: true,
  located: true,
  example: { tillId: 'till-1', currency: 'EUR', openingFloatMinor: 5000 },
  errors: ['drawer_in_use', 'unknown_currency'],
  async handle(request, services) {
    const { body, caller, reads } = request;
    const { tillId } = body;
    const drawerId = request.newEntityId();
    await claimTill(sequenceOf(request, services), drawerId, body, async () => {
      const { items } = await listDrawers(reads, { tillId, status: 'open' }, { limit: 1 });
      return items[0]?.drawerId;
    });
    const decider = drawerDeciderWith({
      varianceLimitMinor: caller.shop.drawerVarianceLimitMinor ?? DEFAULT_VARIANCE_LIMIT_MINOR,
    });
    const result = await request.execute(decider, drawerId, { type: 'OpenDrawer', data: body });
    return {
      ...writeResult(201, result),
      location: `/drawers/${drawerId}`,
      body: drawerResponse(result),
    };
  },
});

const commands: readonly Route[] = [
  drawerCommand('MoveCash', {
    path: '/drawers/:drawerId/movements',
    operationId: 'moveCash',
    summary: 'Put cash into the drawer, or take cash out, with a reason',
    permission: 'drawers:write',
    status: 201,
    example: { direction: 'in', amountMinor: 2000, currency: 'EUR', reason: 'Change' },
    errors: ['drawer_not_found', 'drawer_closed', 'cash_exceeds_drawer', 'currency_mismatch'],
  }),
  drawerCommand('CountDrawer', {
    path: '/drawers/:drawerId/counts',
    operationId: 'countDrawer',
    summary: 'Count the cash in the drawer by denomination',
    description: 'The last count is the one that is approved and closed.',
    permission: 'drawers:write',
    status: 201,
    example: {
      denominations: [
        { valueMinor: 1000, count: 7 },
        { valueMinor: 50, count: 1 },
      ],
      countedBy: 'Ana',
    },
    errors: ['drawer_not_found', 'drawer_closed'],
  }),
  drawerCommand('ApproveVariance', {
    path: '/drawers/:drawerId/approvals',
    operationId: 'approveVariance',
    summary: 'Approve the variance of the last count',
    permission: 'drawers:approve',
    status: 201,
    example: { reason: 'Wrong change in the morning', approvedBy: 'Ana' },
    errors: ['drawer_not_found', 'drawer_closed', 'drawer_not_counted', 'approval_required'],
  }),
  drawerCommand('CloseDrawer', {
    path: '/drawers/:drawerId/close',
    operationId: 'closeDrawer',
    summary: 'Close the drawer session with its last count',
    description:
      'Orders that are not fully paid do not prevent it: they are listed in `unfinished`. Payments that arrive later are corrections; the close stays as it is.',
    permission: 'drawers:write',
    example: { closedBy: 'Ana' },
    errors: ['drawer_not_found', 'drawer_closed', 'drawer_not_counted', 'variance_not_approved'],
  }),
  drawerCommand('CorrectDrawer', {
    path: '/drawers/:drawerId/corrections',
    operationId: 'correctDrawer',
    summary: 'Correct the expected cash of a closed drawer session',
    permission: 'drawers:approve',
    status: 201,
    example: { cashMinor: -500, currency: 'EUR', reason: 'Paid twice', approvedBy: 'Ana' },
    errors: ['drawer_not_found', 'drawer_open', 'currency_mismatch', 'approval_required'],
  }),
];

const queries: readonly Route[] = [
  query({
    path: '/drawers',
    operationId: 'listDrawers',
    summary: 'Drawer sessions, newest first',
    tag,
    permission: 'drawers:read',
    query: Type.Object({
      tillId: optional(Id),
      status: optional(oneOf(['open', 'closed'])),
      ...pageQuery,
    }),
    response: pageOf(DrawerSchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listDrawers(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/drawers/:drawerId',
    operationId: 'getDrawer',
    summary: 'One drawer session',
    tag,
    permission: 'drawers:read',
    params: DrawerParams,
    response: DrawerSchema,
    errors: ['drawer_not_found'],
    revision: ({ revision }) => revision,
    read: drawerOf,
  }),
  query({
    path: '/drawers/:drawerId/report',
    operationId: 'getDrawerReport',
    summary: 'The X report of an open drawer session, or the Z report of a closed one',
    tag,
    permission: 'drawers:read',
    params: DrawerParams,
    response: DrawerReportSchema,
    errors: ['drawer_not_found'],
    read: async (request) => reportOf(await drawerOf(request)),
  }),
  route({
    method: 'get',
    path: '/drawers/:drawerId/report/text',
    operationId: 'printDrawerReport',
    summary: 'The X or Z report as plain text for a receipt printer',
    tag,
    permission: 'drawers:read',
    params: DrawerParams,
    query: WidthQuery,
    status: 200,
    response: Type.String(),
    produces: 'text/plain',
    write: false,
    waits: true,
    errors: ['drawer_not_found'],
    async handle(request) {
      const { width = DEFAULT_PRINTER_WIDTH } = request.query;
      const body = reportText(reportOf(await drawerOf(request)), width);
      return { status: 200, body, contentType: 'text/plain; charset=utf-8' };
    },
  }),
];

export const drawerRoutes: readonly Route[] = [openDrawer, ...commands, ...queries];
