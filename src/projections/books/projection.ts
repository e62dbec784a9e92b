import type { BooksEvent } from '../../domain/books/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { BooksMappingDocument } from './document.ts';

type Fields = Pick<BooksMappingDocument, 'modifiers' | 'targets' | 'worklist' | 'firstDay'>;
type Named = Pick<BooksMappingDocument['targets'][number], 'kind' | 'key'>;

const EMPTY: Fields = { modifiers: 'lines', targets: [], worklist: [] };

/** One document per provider that a shop has ever mapped anything to. */
export const booksMapping: Projection<BooksMappingDocument, BooksEvent | CommandRefused> = {
  name: 'books-mapping',
  version: 2,
  collection: 'books-mapping',
  indexes: [],
  feed: 'integrations',
  ...perEntity('booksmapping'),
  evolve(before, event) {
    const { revision, recordedAt: updatedAt } = event;
    if (event.type === 'CommandRefused') return before && { ...before, revision };
    const { provider } = event.data;
    const { modifiers, targets, worklist, firstDay } = before ?? EMPTY;
    const fields = { modifiers, targets, worklist, ...omitUndefined({ firstDay }) };
    return { provider, ...fields, ...changed(fields, event, updatedAt), revision, updatedAt };
  },
};

const nameOf = ({ kind, key }: Named) => `${kind} ${key.trim().toLowerCase()}`;
const without = <T extends Named>(all: readonly T[], named: Named): T[] =>
  all.filter((each) => nameOf(each) !== nameOf(named));

function changed(before: Fields, event: BooksEvent, at: string): Partial<Fields> {
  const { targets, worklist } = before;
  switch (event.type) {
    case 'BooksTargetSet': {
      const { kind, key, target } = event.data;
      const others = without(targets, event.data);
      return {
        targets: [...others, { kind, key, target }],
        worklist: without(worklist, event.data),
      };
    }
    case 'BooksTargetRemoved':
      return { targets: without(targets, event.data) };
    case 'ModifierStyleChanged':
      return { modifiers: event.data.modifiers };
    case 'BooksStartChosen':
      return { firstDay: event.data.firstDay };
    case 'BooksTargetsMissing': {
      const { orderId, missing } = event.data;
      const added = missing.map((each) => ({ ...each, orderId, at }));
      return { worklist: [...worklist, ...added] };
    }
  }
}
