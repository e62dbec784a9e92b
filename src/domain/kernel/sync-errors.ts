import { type ErrorRow, row } from './error-row.ts';

/** Errors of facts that devices send; a part of the one table of errors. */
export const SYNC_ERRORS = {
  push_too_large: row(
    'too-large',
    'The push holds too many facts, or one that is too large',
    '`details.limit` names the limit. Send less at a time: nothing was kept.',
  ),
  fact_not_found: row('unknown', 'Fact not found', 'No device has sent a fact with that id.'),
} as const satisfies Record<string, ErrorRow>;
