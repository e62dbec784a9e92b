import type { CommandRefused } from '../../../src/domain/kernel/event-types.ts';
import { perEntity } from '../../../src/engine/projections/folding/kinds.ts';
import type { Projection } from '../../../src/engine/projections/folding/projection.ts';
import type { NoteEvent } from '../domain/events.ts';
import type { Note } from './document.ts';

export const notes: Projection<Note, NoteEvent> = {
  name: 'notes',
  version: 1,
  collection: 'notes',
  indexes: [{ name: 'by_time', fields: ['writtenAt'] }],
  ...perEntity<NoteEvent | CommandRefused>('note', {
    ignores: ({ type }) => type === 'CommandRefused',
  }),
  evolve(note, event) {
    const { revision } = event;
    if (event.type === 'NoteWritten') {
      const { noteId, text, author } = event.data;
      const writtenAt = event.recordedAt;
      return { noteId, revision, status: 'open', text, author, pinned: false, writtenAt };
    }
    return note && { ...note, revision, ...change(event) };
  },
};

function change(event: NoteEvent): Partial<Note> {
  switch (event.type) {
    case 'NoteRevised':
      return { text: event.data.text };
    case 'NotePinned':
      return { pinned: true };
    case 'NoteUnpinned':
      return { pinned: false };
    case 'NoteArchived':
      return { status: 'archived' };
    default:
      return {};
  }
}
