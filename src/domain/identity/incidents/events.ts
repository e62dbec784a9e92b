import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { PROVIDERS } from '../../kernel/providers.ts';
import { described, eventData, Id, oneOf, optional, Text } from '../../kernel/schema.ts';

export const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH'] as const;

/** What is wrong with a request that claims to be a webhook, as auditors name it. */
export const WEBHOOK_INCIDENTS = [
  'IP_NOT_WHITELISTED',
  'PAYLOAD_TOO_LARGE',
  'INVALID_TIMESTAMP',
  'RATE_LIMIT_EXCEEDED',
  'INVALID_SIGNATURE',
  'VALIDATION_ERROR',
  'DUPLICATE_WEBHOOK',
] as const;
export type WebhookIncident = (typeof WEBHOOK_INCIDENTS)[number];

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
  WebhookRejected: eventData('A request to a webhook address was rejected, or came again.', {
    incidentId,
    count,
    severity,
    action: oneOf(WEBHOOK_INCIDENTS, 'What is wrong with it, as auditors name it.'),
    provider: oneOf(PROVIDERS, 'The provider of the address.'),
    app: described(Text, 'The app of the address.'),
  }),
});

export type IncidentEvent = EventOf<typeof incidentEvents>;
