import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../../src/domain/kernel/define-events.ts';
import { described, eventData, Id, Text } from '../../../src/domain/kernel/schema.ts';

const about = { noteId: described(Id, 'The note.') };

export const noteEvents = defineEvents({
  NoteWritten: eventData('A note was written.', {
    ...about,
    text: described(Text, 'Its text.'),
    author: described(Text, 'Name of its author.'),
  }),
  NoteRevised: eventData('The text was changed.', {
    ...about,
    text: described(Text, 'Its text from now on.'),
  }),
  NotePinned: eventData('The note was pinned.', about),
  NoteUnpinned: eventData('The note was unpinned.', about),
  NoteArchived: eventData('The note was archived. It can no longer be changed.', {
    ...about,
    reason: Type.Optional(described(Text, 'Why, in words.')),
  }),
});

export type NoteEvent = EventOf<typeof noteEvents>;
