import { type ErrorRow, row } from './error-row.ts';

/** Errors of messages that leave the system; part of the one table. */
export const DELIVERY_ERRORS = {
  // deliveries
  delivery_not_found: row('unknown', 'Delivery not found', 'This shop has no delivery of that id.'),
  delivery_exists: row('refused', 'The delivery exists already', 'Another delivery has that id.'),
  delivery_in_progress: row(
    'refused',
    'The delivery is being sent',
    'Wait for the result of the attempt, then use a new key.',
  ),
  delivery_succeeded: row('refused', 'The delivery was sent already', 'Nothing is left to send.'),
  delivery_cancelled: row(
    'refused',
    'The delivery was cancelled',
    'It is not sent any more. Request a new one.',
  ),
  report_signature_invalid: row(
    'unauthenticated',
    'The signature of the report is not valid',
    'Sign it with the `DELIVERY_REPORT_SECRET` of the installation, which must be set.',
  ),
  delivery_not_parked: row(
    'refused',
    'The delivery is not parked',
    'Only a parked delivery can be edited. Read it.',
  ),
} as const satisfies Record<string, ErrorRow>;
