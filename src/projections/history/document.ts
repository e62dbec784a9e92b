import { type Static, Type } from '@sinclair/typebox';

const closed = { additionalProperties: false };
const text = Type.String();

/** One event for people, with everything that the log has. */
export const HistoryEntrySchema = Type.Object(
  {
    position: Type.String({ description: 'Position in the whole log; identifies the event.' }),
    eventId: text,
    stream: text,
    entity: Type.Object(
      {
        kind: Type.String({ description: '`order`, `account`, or `projection` for the system.' }),
        id: text,
      },
      closed,
    ),
    revision: Type.Integer({ description: 'Revision within its stream, from 0.' }),
    type: text,
    schemaVersion: Type.Integer({ description: 'Version in which it is stored.' }),
    summary: Type.String({ description: 'The event in one sentence.' }),
    at: Type.String({ description: 'When it was recorded, UTC.' }),
    occurredAt: Type.Optional(Type.String({ description: 'The time according to the device.' })),
    actorKind: text,
    actorId: text,
    deviceId: Type.Optional(text),
    commandId: text,
    correlationId: Type.String({
      description: 'The request that caused it, directly or indirectly.',
    }),
    causationId: Type.String({ description: 'Its direct cause: that request, or an event.' }),
    data: Type.Unknown({ description: 'Data in the newest version of its type.' }),
  },
  { ...closed, $id: 'HistoryEntry' },
);

export type HistoryEntry = Static<typeof HistoryEntrySchema>;

/** One difference between two revisions of an entity. */
export const ChangeSchema = Type.Object(
  {
    path: Type.String({ description: 'Path within the entity, such as `lines[goods].quantity`.' }),
    text: Type.String({ description: 'The difference in words.' }),
    before: Type.Optional(Type.Unknown({ description: 'Absent: the field is new.' })),
    after: Type.Optional(Type.Unknown({ description: 'Absent: the field was removed.' })),
  },
  { ...closed, $id: 'HistoryChange' },
);

export type Change = Static<typeof ChangeSchema>;
