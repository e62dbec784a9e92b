import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { described, eventData, Instant, Text } from '../kernel/schema.ts';

/** The generation of a log that was never restored. */
export const FIRST_GENERATION = 1;

/** Counts how often the log was replaced by an older copy of itself. */
export const Generation = Type.Integer({
  minimum: FIRST_GENERATION,
  description: 'The generation of the log: 1, and one more for each restore.',
});

export const restoreEvents = defineEvents({
  LogRestored: eventData(
    'From here on, the log is an older copy: what was written later is lost.',
    {
      generation: Generation,
      reason: described(Text, 'From which copy, or why.'),
      restoredAt: described(Instant, 'When, in UTC.'),
    },
  ),
});

export type RestoreEvent = EventOf<typeof restoreEvents>;
