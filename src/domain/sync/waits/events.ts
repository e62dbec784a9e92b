import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { described, eventData, Id } from '../../kernel/schema.ts';
import { KeptFact } from '../facts/events.ts';

export const waitEvents = defineEvents({
  FactWaits: eventData('A fact waits for what it depends on, and is judged again then.', {
    cause: described(Id, 'What it waits for: a fact, an order or a drawer session.'),
    kept: described(KeptFact, 'The fact that waits, and where it was kept.'),
  }),
});

export type WaitEvent = EventOf<typeof waitEvents>;
