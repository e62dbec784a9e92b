import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { Id, strict } from '../kernel/schema.ts';
import {
  BooksKey,
  BooksKindSchema,
  BooksTarget,
  MAX_MISSING_AT_ONCE,
  MissingTarget,
  ModifierStyleSchema,
} from './events.ts';

export const booksCommands = defineCommands({
  SetBooksTarget: strict({ kind: BooksKindSchema, key: BooksKey, target: BooksTarget }),
  RemoveBooksTarget: strict({ kind: BooksKindSchema, key: BooksKey }),
  ChangeModifierStyle: strict({ modifiers: ModifierStyleSchema }),
  /** Of a sale. Nothing is recorded of what is on the worklist already, or mapped meanwhile. */
  NoteMissingTargets: strict({
    orderId: Id,
    missing: Type.Array(MissingTarget, { maxItems: MAX_MISSING_AT_ONCE }),
  }),
});

export type BooksCommand = CommandOf<typeof booksCommands>;
