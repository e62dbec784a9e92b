import { type ErrorRow, row } from './error-row.ts';

/** Errors of facts that devices send; a part of the one table of errors. */
export const SYNC_ERRORS = {
  push_too_large: row(
    'too-large',
    'The push holds too many facts, or one that is too large',
    '`details.limit` names the limit. Send less at a time: nothing was kept.',
  ),
  fact_not_found: row('unknown', 'Fact not found', 'No device has sent a fact with that id.'),
  entity_not_found: row('unknown', 'Nothing is known of it', 'No device has sent a fact about it.'),
  conflict_not_found: row(
    'unknown',
    'Conflict not found',
    'The shop has no conflict with that id.',
  ),
  conflict_version_unknown: row(
    'refused',
    'The conflict has no such version',
    'Choose one of its `versions`, by its `factId`.',
  ),
  cursor_invalid: row(
    'malformed',
    'The cursor was not made by this server',
    'Begin without a cursor, and drop what was pulled before. What was not sent yet stays.',
  ),
  cursor_of_other_shop: row(
    'forbidden',
    'The cursor is of another shop',
    'A device pulls with the cursors of its own shop. Begin without one.',
  ),
} as const satisfies Record<string, ErrorRow>;
