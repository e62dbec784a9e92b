import { type Static, Type } from '@sinclair/typebox';

import {
  BooksKey,
  BooksKindSchema,
  BooksProviderSchema,
  BooksTarget,
  MissingTarget,
  ModifierStyleSchema,
} from '../../domain/books/events.ts';
import { Day, described, strict } from '../../domain/kernel/schema.ts';

const Target = strict({ kind: BooksKindSchema, key: BooksKey, target: BooksTarget });
export const WorklistEntry = strict({
  ...MissingTarget.properties,
  orderId: Type.String({ description: 'The sale in which it was first met.' }),
  at: Type.String({ description: 'When it was noticed.' }),
});

/** Where the things of a shop go in the books of one provider, and what has no place yet. */
export const BooksMappingSchema = strict(
  {
    provider: BooksProviderSchema,
    modifiers: ModifierStyleSchema,
    firstDay: Type.Optional(
      described(Day, 'The first business day whose sales go there, where one was chosen.'),
    ),
    targets: Type.Array(Target, { description: 'What goes where.' }),
    worklist: Type.Array(WorklistEntry, {
      description: 'What went to the fallback: map it, and later sales go to its own target.',
    }),
    revision: Type.Integer({ description: 'Revision of the mapping, for If-Match.' }),
    updatedAt: Type.String(),
  },
  { $id: 'BooksMapping' },
);

export type BooksMappingDocument = Static<typeof BooksMappingSchema>;
