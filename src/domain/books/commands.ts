import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { Day, described, Id, strict } from '../kernel/schema.ts';
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
  /** Instead of the time of the connection: sales before it can be posted too. */
  ChooseBooksStart: strict({
    firstDay: described(Day, 'The first business day whose sales go to the books.'),
  }),
  /** Of a sale. Nothing is recorded of what is on the worklist already, or mapped meanwhile. */
  NoteMissingTargets: strict({
    orderId: Id,
    missing: Type.Array(MissingTarget, { maxItems: MAX_MISSING_AT_ONCE }),
  }),
});

export type BooksCommand = CommandOf<typeof booksCommands>;
