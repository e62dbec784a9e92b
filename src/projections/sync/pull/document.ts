import { type Static, Type } from '@sinclair/typebox';

import { described, Instant, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';

/**
 * - `generation`: the log is another one, or an older copy that was restored.
 * - `scope`: the caller may see more or less than before.
 * - `checksum`: the device does not have what was sent to it.
 */
export const REFETCH_REASONS = ['generation', 'scope', 'checksum'] as const;

const PulledEvent = strict(
  {
    id: Type.String(),
    entity: Type.String({ description: 'What it is about, such as `order:<id>`.' }),
    revision: Type.Integer({ description: 'Counts the events of the entity, from 0.' }),
    type: Type.String(),
    version: Type.Integer({ description: 'The form of its data.' }),
    data: Type.Unknown({ description: 'As the reference of events describes it.' }),
    actor: Type.String({ description: 'Who caused it.' }),
    deviceId: optional(Type.String({ description: 'Where it happened.' })),
    recordedAt: described(Instant, 'When the server recorded it.'),
  },
  { $id: 'PulledEvent' },
);
export type PulledEvent = Static<typeof PulledEvent>;

export const PullPage = Type.Object(
  {
    items: Type.Array(PulledEvent, { description: 'Events in their order.' }),
    cursor: Type.String({
      description: 'Store it in the transaction that stores the events, and ask with it next.',
    }),
    prevChecksum: Type.String({ description: 'Checksum of all pages before this one.' }),
    checksum: Type.String({ description: 'Checksum of all pages with this one.' }),
    upToDate: Type.Boolean({ description: 'There was nothing more.' }),
    mustRefetch: optional(
      strict({
        reason: oneOf(REFETCH_REASONS, 'Why what was pulled before cannot be continued.'),
        detail: Type.String({ description: 'The same in words.' }),
        resumeAt: Type.String({ description: 'The cursor with which to begin again.' }),
      }),
    ),
  },
  { $id: 'PullPage' },
);
export type PullPage = Static<typeof PullPage>;
