import { type Static, Type } from '@sinclair/typebox';

import { oneOf } from '../../../domain/kernel/schema.ts';
import { Choice, SUPPRESSIONS } from '../../../domain/notifications/recipients/events.ts';

const closed = { additionalProperties: false };

/** What a person is notified of, and how. What is absent is as by default. */
export const PreferencesSchema = Type.Object(
  {
    personId: Type.String(),
    revision: Type.Integer(),
    language: Type.Optional(Type.String()),
    choices: Type.Array(Choice),
    bouncing: Type.Array(Type.String(), {
      description: 'Channels to whose address no messages are sent, because they come back.',
    }),
    lastDecision: Type.Optional(
      Type.Object(
        {
          topic: Type.String(),
          at: Type.String(),
          channels: Type.Array(Type.String()),
          suppressed: Type.Array(
            Type.Object({ channel: Type.String(), reason: oneOf(SUPPRESSIONS) }, closed),
          ),
        },
        closed,
      ),
    ),
    updatedAt: Type.String(),
  },
  { ...closed, $id: 'Preferences' },
);
export type Preferences = Static<typeof PreferencesSchema>;
