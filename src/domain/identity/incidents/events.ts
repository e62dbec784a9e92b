import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { described, eventData, Id, oneOf, optional, Text } from '../../kernel/schema.ts';

export const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH'] as const;

const incidentId = described(Id, 'The incident: the same thing by the same caller in one minute.');
const count = Type.Integer({
  minimum: 1,
  description: 'Requests that this event stands for: repeats within a minute are counted together.',
});
const severity = oneOf(SEVERITIES, 'How bad that is.');

/** What happened that an auditor must see. */
export const incidentEvents = defineEvents({
  AccessDenied: eventData('A caller asked for what its roles do not permit.', {
    incidentId,
    count,
    severity,
    action: oneOf(['PERMISSION_CHECK_FAILED'], 'As auditors name it.'),
    operation: described(Id, 'Id of the operation of the API.'),
    permission: optional(described(Text, 'The permission that was missing.')),
  }),
  SignInFailed: eventData('A sign-in failed.', {
    incidentId,
    count,
    severity,
    code: described(Id, 'Why, as an error code.'),
    userId: optional(described(Id, 'The user of the address, if there is one.')),
  }),
});

export type IncidentEvent = EventOf<typeof incidentEvents>;
