import { type ErrorRow, row } from './error-row.ts';

/** Errors of fiscal numbers; a part of the one table of errors. */
export const FISCAL_ERRORS = {
  fiscal_series_not_found: row(
    'unknown',
    'Series of fiscal numbers not found',
    'Open it with `POST /fiscal/series`.',
  ),
  fiscal_series_exists: row(
    'refused',
    'The series exists already',
    'Use it, or choose another name.',
  ),
  fiscal_series_of_other_device: row(
    'refused',
    'The series belongs to another device',
    'Ask for numbers of the series of this device.',
  ),
  fiscal_series_exhausted: row(
    'refused',
    'The series has no more numbers',
    'Open a new series and reserve from it.',
  ),
  fiscal_series_paused: row(
    'conflict',
    'The log was restored: the series waits for a manager',
    'Sell on; the number can come later. A manager resumes the series with `POST /fiscal/series/{seriesId}/resume` when each device has connected.',
  ),
  fiscal_number_in_use: row(
    'refused',
    'A device may still use the number',
    'Wait until its range has expired: `expiresAt` of the number.',
  ),
} as const satisfies Record<string, ErrorRow>;
