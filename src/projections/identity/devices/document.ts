import { type Static, Type } from '@sinclair/typebox';

import { DeviceName } from '../../../domain/identity/devices/events.ts';
import { BranchId } from '../../../domain/identity/users/events.ts';
import { described, Id, Instant, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';

/** A device of a branch. Its token is stored nowhere, and the hash of it in the vault only. */
export const DeviceSchema = strict(
  {
    deviceId: Id,
    revision: Type.Integer(),
    status: oneOf(['active', 'revoked'], 'The token of a revoked device is not valid any more.'),
    name: DeviceName,
    branchId: BranchId,
    registeredAt: described(Instant, 'When the device was registered.'),
    registeredBy: Type.String({ description: 'The caller that registered it.' }),
    revokedAt: optional(described(Instant, 'When it was revoked.')),
  },
  { $id: 'Device' },
);

export type Device = Static<typeof DeviceSchema>;
