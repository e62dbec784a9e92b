import { Type, type Static } from '@sinclair/typebox';

const closed = { additionalProperties: false };
const text = Type.String();

/** One event as people read it, with all that stands in the log. */
export const HistoryEntrySchema = Type.Object(
  {
    position: Type.String({ description: 'In the whole log; names the event.' }),
    eventId: text,
    stream: text,
    entity: Type.Object(
      {
        kind: Type.String({
          description: 'order or account; projection for events of the system.',
        }),
        id: text,
      },
      closed,
    ),
    revision: Type.Integer({ description: 'Within its stream, from 0.' }),
    type: text,
    schemaVersion: Type.Integer({ description: 'As it is stored.' }),
    summary: Type.String({ description: 'What happened, in words.' }),
    at: Type.String({ description: 'When it was recorded, UTC.' }),
    occurredAt: Type.Optional(Type.String({ description: "The device's own claim of the time." })),
    actorKind: text,
    actorId: text,
    deviceId: Type.Optional(text),
    commandId: text,
    correlationId: Type.String({ description: 'The request that it came of.' }),
    causationId: Type.String({ description: 'What led to it: that request, or an event.' }),
    data: Type.Unknown({ description: 'As the newest version of its type has it.' }),
  },
  { ...closed, $id: 'HistoryEntry' },
);

export type HistoryEntry = Static<typeof HistoryEntrySchema>;

/** One thing that differs between two revisions of an entity. */
export const ChangeSchema = Type.Object(
  {
    path: Type.String({ description: 'Where in the entity, such as lines[goods].quantity.' }),
    text: Type.String({ description: 'In words.' }),
    before: Type.Optional(Type.Unknown({ description: 'Absent: it was not there.' })),
    after: Type.Optional(Type.Unknown({ description: 'Absent: it is not there any more.' })),
  },
  { ...closed, $id: 'HistoryChange' },
);

export type Change = Static<typeof ChangeSchema>;
