import { Type } from '@sinclair/typebox';

import type { EventType } from '../../domain/kernel/event-types.ts';

/** The only event that the command engine itself appends, in the stream of any entity. */
export const ENGINE_EVENT_TYPES: readonly EventType[] = [
  {
    type: 'CommandRefused',
    version: 1,
    schema: Type.Object(
      {
        command: Type.String(),
        code: Type.String(),
        message: Type.String(),
        details: Type.Record(Type.String(), Type.Unknown()),
      },
      { additionalProperties: false },
    ),
  },
];
