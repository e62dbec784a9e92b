import { type Static, Type } from '@sinclair/typebox';

import { Day, described, Instant, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import { FACT_FLAGS, FACT_STATUSES } from '../../../domain/sync/facts/events.ts';

/** `received`: kept, and not judged yet. */
export const LISTED_STATUSES = [...FACT_STATUSES, 'received'] as const;

/** A fact that a device sent, and what became of it. */
export const DeviceFactSchema = strict(
  {
    factId: Type.String({ description: 'Of what is no fact: `aside:` and a hash.' }),
    revision: Type.Integer(),
    deviceId: Type.String(),
    epoch: optional(Type.String()),
    seq: optional(Type.Integer()),
    hash: optional(Type.String()),
    type: optional(Type.String()),
    status: oneOf(LISTED_STATUSES, 'The result; `accepted` and `rejected` are final.'),
    code: optional(Type.String({ description: 'Why it was not accepted.' })),
    detail: optional(Type.String({ description: 'The same in words.' })),
    field: optional(Type.String({ description: 'The field that does not fit.' })),
    blockedBy: optional(Type.Array(Type.String(), { description: 'What it waits for.' })),
    flags: Type.Array(oneOf(FACT_FLAGS), { description: 'What is remarkable about it.' }),
    reuses: Type.Integer({ description: 'Other facts that came with its id.' }),
    businessDay: optional(Day),
    claimedAt: optional(described(Instant, 'When it happened, as the device says.')),
    occurredAt: optional(
      described(Instant, 'When it happened, within what its clock can be trusted with.'),
    ),
    keptAt: described(Instant, 'When the server kept it, in UTC.'),
    raw: optional(Type.String({ description: 'What was sent, where it is no fact.' })),
  },
  { $id: 'JudgedFact' },
);

export type DeviceFact = Static<typeof DeviceFactSchema>;
