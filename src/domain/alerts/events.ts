import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { described, eventData, Id, Instant, Note, oneOf, Text } from '../kernel/schema.ts';

/** How bad an alert is. HIGH and CRITICAL need a person soon. */
export const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ALERT_STATUSES = ['open', 'acknowledged', 'resolved'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** Escalations of one alert. */
export const MAX_ESCALATION_LEVEL = 10;

const about = { alertId: described(Id, 'The alert: its rule and its subject.') };
const Level = Type.Integer({ minimum: 0, maximum: MAX_ESCALATION_LEVEL });

export const alertEvents = defineEvents({
  AlertRaised: eventData('A condition that needs a person has begun.', {
    ...about,
    rule: described(Id, 'Name of the rule.'),
    subject: described(Id, 'What it is about, such as a read model.'),
    title: described(Text, 'The rule in words.'),
    severity: oneOf(SEVERITIES, 'How bad it is.'),
    value: Type.Number({ description: 'What was measured.' }),
    threshold: Type.Number({ description: 'The value from which the rule applies.' }),
    unit: described(Text, 'What the value counts.'),
    detail: described(Note, 'What was found, in words.'),
    runbook: described(Text, 'The page of the documentation that helps.'),
    raisedAt: described(Instant, 'When it was seen.'),
    occurrence: Type.Integer({ minimum: 1, description: 'How often it was raised so far.' }),
  }),
  AlertAcknowledged: eventData('A person takes care of the alert; it is not escalated further.', {
    ...about,
    note: Type.Optional(described(Text, 'What the person says about it.')),
    acknowledgedAt: described(Instant, 'When.'),
  }),
  AlertEscalated: eventData('The alert waits for a person for too long.', {
    ...about,
    severity: oneOf(SEVERITIES, 'How bad it is.'),
    level: described(Level, 'How often it was escalated since it was raised.'),
    escalatedAt: described(Instant, 'When.'),
  }),
  AlertResolved: eventData('The condition has ended, or a person closed the alert.', {
    ...about,
    reason: oneOf(['cleared', 'by-hand'], 'Whether it ended by itself or a person closed it.'),
    note: Type.Optional(described(Text, 'What the person says about it.')),
    resolvedAt: described(Instant, 'When.'),
  }),
});

export type AlertEvent = EventOf<typeof alertEvents>;
