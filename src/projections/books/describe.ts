import type { BooksEvent } from '../../domain/books/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';

/** An event of the mapping to the books in one plain sentence. */
export function describeBooksEvent(event: BooksEvent | CommandRefused): string {
  switch (event.type) {
    case 'BooksTargetSet': {
      const { provider, kind, key, target } = event.data;
      return `${kind} ${key} goes to ${target} at ${provider}`;
    }
    case 'BooksTargetRemoved': {
      const { provider, kind, key } = event.data;
      return `${kind} ${key} goes to the fallback at ${provider}`;
    }
    case 'ModifierStyleChanged':
      return `Modifiers are ${event.data.modifiers} at ${event.data.provider}`;
    case 'BooksStartChosen':
      return `Sales from ${event.data.firstDay} on go to ${event.data.provider}`;
    case 'BooksTargetsMissing': {
      const { provider, missing } = event.data;
      const shown = missing.map(({ kind, name }) => `${kind} ${name}`).join(', ');
      return `Without a target at ${provider}: ${shown}`;
    }
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}
