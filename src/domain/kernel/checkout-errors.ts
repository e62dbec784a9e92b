import { type ErrorRow, row } from './error-row.ts';

/** Errors of checkouts; a part of the one table of errors. */
export const CHECKOUT_ERRORS = {
  checkout_not_found: row(
    'unknown',
    'Checkout not found',
    'This shop has no checkout with that id.',
  ),
  checkout_exists: row('refused', 'The checkout exists', 'Use the one that exists.'),
} as const satisfies Record<string, ErrorRow>;
