import { type ErrorRow, row } from './error-row.ts';

/** Errors of webhooks of providers; a part of the one table of errors. */
export const WEBHOOK_ERRORS = {
  webhook_address_unknown: row(
    'unknown',
    'No such webhook address',
    'This installation has no app of that provider and name. Compare the address with `PROVIDER_APPS`.',
  ),
  webhook_sender_not_allowed: row(
    'forbidden',
    'Webhooks are not accepted from this network address',
    'The app lists the networks that it accepts webhooks from. Add the one of the provider, or trust the proxy in between.',
  ),
  webhook_stale: row(
    'unauthenticated',
    'The webhook was signed too long ago, or in the future',
    'Compare the clock of this installation. The provider signs again when it sends again.',
  ),
  webhook_not_signed: row(
    'unauthenticated',
    'Invalid webhook signature',
    'The signature does not fit the body. Compare the secret and the address of the app with those at the provider.',
  ),
  webhook_malformed: row(
    'malformed',
    'The webhook does not have the form of its provider',
    'It is signed, but cannot be read. Nothing was recorded.',
  ),
  webhook_not_found: row(
    'unknown',
    'Webhook not found',
    'This shop has received no webhook with that id.',
  ),
  webhook_not_parked: row(
    'refused',
    'The webhook is not parked',
    'Only one that could not be carried out can be tried again.',
  ),
  webhook_retried_too_often: row(
    'refused',
    'The webhook was tried in too many rounds',
    'Record by hand what the provider reported.',
  ),
} as const satisfies Record<string, ErrorRow>;
