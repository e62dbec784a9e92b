import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../../src/domain/kernel/define-events.ts';
import { described, Id, strict, Text } from '../../../src/domain/kernel/schema.ts';

const about = { noteId: described(Id, 'The note.') };

export const noteEvents = defineEvents({
  NoteWritten: strict({
    ...about,
    text: described(Text, 'What it says.'),
    author: described(Text, 'Who wrote it.'),
  }),
  NoteRevised: strict({ ...about, text: described(Text, 'What it says from now on.') }),
  NotePinned: strict(about),
  NoteUnpinned: strict(about),
  NoteArchived: strict({ ...about, reason: Type.Optional(described(Text, 'Why.')) }),
});

export type NoteEvent = EventOf<typeof noteEvents>;
