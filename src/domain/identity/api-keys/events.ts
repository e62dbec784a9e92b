import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { PERMISSION_NAMES } from '../../kernel/permissions.ts';
import { described, eventData, Id, Instant, oneOf, optional } from '../../kernel/schema.ts';
import { USER_ROLES } from '../../kernel/shop.ts';
import { BranchId } from '../users/events.ts';

export const MAX_SCOPES = 100;

export const KeyName = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'Names the key for people, such as `accounting export`.',
});
export const KeyRole = oneOf(USER_ROLES, 'The role of the key.');
export const KeyScopes = Type.Array(oneOf(PERMISSION_NAMES), {
  minItems: 1,
  maxItems: MAX_SCOPES,
  uniqueItems: true,
  description: 'The permissions of the role that the key has; absent: all of them.',
});
export const KeyExpiry = described(Instant, 'The key is valid until then; absent: no end.');

const KeyId = described(Id, 'The key.');
const severity = oneOf(['HIGH'], 'A key acts in the shop, so each change of one is HIGH.');

export const apiKeyEvents = defineEvents({
  ApiKeyAdded: eventData('A machine got a key. Its secret stands in no event.', {
    keyId: KeyId,
    name: KeyName,
    role: KeyRole,
    branchId: optional(described(BranchId, 'The branch of the key; absent: the whole shop.')),
    scopes: optional(KeyScopes),
    expiresAt: optional(KeyExpiry),
    severity,
  }),
  ApiKeyRotated: eventData('A key has another secret; the one before is valid for a while.', {
    keyId: KeyId,
    generation: Type.Integer({ minimum: 1, description: 'Secrets that the key had before.' }),
    previousUntil: described(Instant, 'The secret before is valid until then.'),
    severity,
  }),
  ApiKeyRevoked: eventData('A key is not valid any more.', { keyId: KeyId, severity }),
});

export type ApiKeyEvent = EventOf<typeof apiKeyEvents>;
