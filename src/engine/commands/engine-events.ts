import { Type } from '@sinclair/typebox';

import type { EventType } from '../../domain/kernel/event-types.ts';
import { eventData } from '../../domain/kernel/schema.ts';

/** The only event that the command engine itself appends, in the stream of any entity. */
export const ENGINE_EVENT_TYPES: readonly EventType[] = [
  {
    type: 'CommandRefused',
    version: 1,
    schema: eventData(
      'The rules refused a command. It is stored in the stream of its entity: it stays refused.',
      {
        command: Type.String({ description: 'Type of the refused command.' }),
        code: Type.String({ description: 'Why not, as an error code.' }),
        message: Type.String({ description: 'Why not, in words.' }),
        details: Type.Record(Type.String(), Type.Unknown(), {
          description: 'Figures behind the refusal.',
        }),
      },
    ),
  },
];
