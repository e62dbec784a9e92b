import { Type } from '@sinclair/typebox';

import { OUTCOMES, SEVERITIES } from '../../../domain/kernel/audit.ts';
import { described, Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { AuditRecordSchema } from '../../../projections/audit-trail/document.ts';
import { readAuditTrail } from '../../../projections/audit-trail/queries.ts';
import { answered } from '../../pipeline/reads.ts';
import { query } from '../../query.ts';
import { pageResponse } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';
import { originsFor, sourceOf, timeOf } from '../history/source.ts';

const Time = (description: string) => optional(Type.String({ format: 'date-time', description }));

const AuditQuery = Type.Object({
  user: optional(described(Id, 'Only what this user, key, device or process did.')),
  action: optional(
    described(Id, 'Only this action: a type of event, or of the command that was refused.'),
  ),
  resource: optional(
    Type.String({
      pattern: '^[a-z]{1,32}(/[^/]{1,200}){1,4}$',
      maxLength: 850,
      description: 'Only what was done to this entity, such as `order/7f3a`.',
    }),
  ),
  severity: optional(oneOf(SEVERITIES, 'Only this severity.')),
  outcome: optional(oneOf(OUTCOMES, 'Only what succeeded, or what was refused or denied.')),
  from: Time('Only records of this time or later (RFC 3339).'),
  to: Time('Only records of this time or earlier (RFC 3339).'),
  order: optional(oneOf(['oldest', 'newest'], 'Which comes first; newest when absent.')),
  ...pageQuery,
});

const listAuditRecords = query({
  path: '/audit',
  operationId: 'listAuditRecords',
  summary: 'Audit trail of the shop, newest first',
  description:
    'Who did what to which entity, with the values before and after. A record must match all filters. A page reads a bounded part of the log: it may have fewer records than `limit`, even none; continue while there is a `nextCursor`.',
  tag: 'Audit',
  permission: 'audit:read',
  query: AuditQuery,
  response: pageOf(AuditRecordSchema),
  async read(request, services) {
    const { limit, cursor, from, to, ...filter } = request.query;
    const page = await answered(() =>
      readAuditTrail(
        sourceOf(request, services),
        services.audit,
        originsFor(request.caller, services),
        { ...filter, from: from && timeOf(from), to: to && timeOf(to) },
        { limit, cursor },
      ),
    );
    return pageResponse(page);
  },
});

export const auditRoutes: readonly Route[] = [listAuditRecords];
