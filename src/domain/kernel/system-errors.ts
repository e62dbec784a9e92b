import { type ErrorRow, RETRY, row } from './error-row.ts';

/** Errors of settings and of calls to other systems; a part of the one table of errors. */
export const SYSTEM_ERRORS = {
  // settings
  setting_not_found: row('unknown', 'Setting not found', 'This shop has no setting of that key.'),
  setting_is_secret: row(
    'malformed',
    'A setting may not hold a secret',
    'The key or the value looks like a password, a key or a token. Nothing was recorded. If it was one, replace it where it comes from: it was sent to a place where it does not belong.',
  ),
  // calls to other systems
  destination_not_allowed: row(
    'upstream',
    'The destination of an outgoing call is not allowed',
    'Use `https` and a host on the public Internet. An operator can allow a private one with `OUTGOING_ALLOWED`.',
  ),
  upstream_unavailable: row(
    'upstream',
    'Another system did not respond',
    'The other system may be down or unreachable. It is not known whether it acted on the call.',
    RETRY,
  ),
  upstream_timeout: row(
    'timeout',
    'Another system did not respond in time',
    'It is not known whether it acted on the call. Repeat later.',
    RETRY,
  ),
  upstream_invalid_response: row(
    'upstream',
    'The response of another system cannot be used',
    'It was too large, not HTTP, or redirected too often.',
  ),
  process_not_found: row(
    'unknown',
    'Process not found',
    'This shop has no process with that id. See `GET /processes`.',
  ),
  process_not_waiting: row(
    'conflict',
    'The process has no step to retry',
    'It has ended, or waits for an event or a timer: `GET /processes/:processId` shows for what.',
  ),
  process_not_cancellable: row(
    'conflict',
    'The process can no longer be cancelled',
    'It has ended, or has done what cannot be put back. Refund or return what it did.',
  ),
} as const satisfies Record<string, ErrorRow>;
