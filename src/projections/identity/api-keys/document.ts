import { type Static, Type } from '@sinclair/typebox';

import {
  KeyExpiry,
  KeyName,
  KeyRole,
  KeyScopes,
} from '../../../domain/identity/api-keys/events.ts';
import { BranchId } from '../../../domain/identity/users/events.ts';
import { described, Id, Instant, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';

/** A key of a machine. Its secret is stored nowhere, and its hash in the vault only. */
export const ApiKeySchema = strict(
  {
    keyId: Id,
    revision: Type.Integer(),
    status: oneOf(['active', 'revoked'], 'A revoked key is not valid any more.'),
    name: KeyName,
    role: KeyRole,
    branchId: optional(BranchId),
    scopes: optional(KeyScopes),
    expiresAt: optional(KeyExpiry),
    createdAt: described(Instant, 'When the key was added.'),
    createdBy: Type.String({ description: 'The caller that added it.' }),
    rotatedAt: optional(described(Instant, 'When it got the secret that it has now.')),
    previousUntil: optional(described(Instant, 'The secret before is valid until then.')),
    revokedAt: optional(described(Instant, 'When it was revoked.')),
  },
  { $id: 'ApiKey' },
);

export type ApiKey = Static<typeof ApiKeySchema>;
