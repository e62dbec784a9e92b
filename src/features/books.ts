import { booksRoutes } from '../api/routes/books/books.ts';
import { payoutRoutes } from '../api/routes/books/payouts.ts';
import { reconciliationRoutes } from '../api/routes/books/reconciliation.ts';
import { booksDecider, type BooksEvent, booksEvents } from '../domain/books/index.ts';
import { booksPosting } from '../processes/books/posting.ts';
import { describeBooksEvent } from '../projections/books/describe.ts';
import { booksMapping } from '../projections/books/projection.ts';
import { defineFeature } from './feature.ts';

export const books = defineFeature({
  name: 'books',
  deciders: [booksDecider],
  events: booksEvents,
  projections: [booksMapping],
  documents: {
    'books-mapping':
      'Where things of a shop go in the books of a provider: `GET /integrations/{booksProvider}/books`.',
  },
  processes: [booksPosting],
  routes: [...booksRoutes, ...payoutRoutes, ...reconciliationRoutes],
  descriptions: [
    { category: 'booksmapping', describe: (event) => describeBooksEvent(event as BooksEvent) },
  ],
  audit: {
    BooksTargetSet: { severity: 'MEDIUM' },
    BooksTargetRemoved: { severity: 'MEDIUM' },
    ModifierStyleChanged: { severity: 'MEDIUM' },
    BooksStartChosen: { severity: 'MEDIUM' },
  },
});
