import { type Static, Type } from '@sinclair/typebox';

import { ALERT_STATUSES, SEVERITIES } from '../../domain/alerts/events.ts';
import { oneOf } from '../../domain/kernel/schema.ts';

const text = Type.String();

/** An alert as lists and pages show it. Text that it does not have is ''. */
export const AlertSchema = Type.Object(
  {
    alertId: text,
    revision: Type.Integer(),
    status: oneOf(ALERT_STATUSES),
    isOpen: Type.Integer({ description: '1 until it is resolved.' }),
    rule: text,
    subject: text,
    title: text,
    severity: oneOf(SEVERITIES),
    value: Type.Number({ description: 'What was measured when it was raised.' }),
    threshold: Type.Number({ description: 'The value from which the rule applies.' }),
    unit: text,
    detail: text,
    runbook: Type.String({ description: 'The page of the documentation that helps.' }),
    occurrence: Type.Integer({ description: 'How often it was raised so far.' }),
    level: Type.Integer({ description: 'Escalations since it was raised.' }),
    raisedAt: text,
    acknowledgedAt: text,
    acknowledgedBy: Type.String({ description: 'The key or the user that takes care of it.' }),
    resolvedAt: text,
    note: Type.String({ description: 'What the person said about it last.' }),
  },
  { additionalProperties: false, $id: 'Alert' },
);

export type Alert = Static<typeof AlertSchema>;
