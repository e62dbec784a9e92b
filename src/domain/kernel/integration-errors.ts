import { type ErrorRow, row } from './error-row.ts';

/** Errors of connections with providers; a part of the one table of errors. */
export const INTEGRATION_ERRORS = {
  integration_not_found: row(
    'unknown',
    'Integration not found',
    'This shop has never been connected with that provider. Connect it first.',
  ),
  integration_disconnected: row(
    'refused',
    'The integration is disconnected',
    'Its credentials were removed. Connect it again.',
  ),
  integration_paused: row(
    'refused',
    'The integration is paused',
    'Resume it, or leave it as it is.',
  ),
  integration_not_paused: row(
    'refused',
    'The integration is not paused',
    'Only a paused integration can be resumed.',
  ),
} as const satisfies Record<string, ErrorRow>;
