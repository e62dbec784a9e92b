import { type Static, Type } from '@sinclair/typebox';

import { oneOf, strict } from '../../../src/domain/kernel/schema.ts';

/** A note as lists and pages show it. */
export const NoteSchema = strict(
  {
    noteId: Type.String(),
    revision: Type.Integer(),
    status: oneOf(['open', 'archived']),
    text: Type.String(),
    author: Type.String(),
    pinned: Type.Boolean(),
    writtenAt: Type.String(),
  },
  { $id: 'Note' },
);

export type Note = Static<typeof NoteSchema>;
