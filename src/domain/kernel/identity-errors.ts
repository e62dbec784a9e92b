import { type ErrorRow, RETRY, row } from './error-row.ts';

/** The errors of users and sign-in: a part of the table of all errors. */
export const IDENTITY_ERRORS = {
  invalid_credentials: row(
    'unauthenticated',
    'E-mail address or password is wrong',
    'Check both. The response is the same for an address that does not exist.',
  ),
  invalid_token: row(
    'unauthenticated',
    'The token is not valid',
    'It was used, replaced or never issued, its session is over, or the user is not active. Sign in again.',
  ),
  token_expired: row(
    'unauthenticated',
    'The token has expired',
    'Send the refresh token to `POST /auth/refresh`, or sign in again.',
  ),
  too_many_attempts: row(
    'throttled',
    'Too many failed attempts to sign in',
    'Wait as `Retry-After` says. An administrator can send a new invitation.',
    RETRY,
  ),
  weak_password: row(
    'malformed',
    'The password is too easy to guess',
    'Use a longer one that is not made of common words, keys in a row or the own name. `detail` has the rule.',
  ),
  user_not_found: row('unknown', 'User not found', 'This shop has no user with that id.'),
  user_exists: row('refused', 'The user exists already', 'Another user has that id.'),
  user_deleted: row('refused', 'The user is deleted', 'Restore the user first.'),
  user_not_deleted: row('refused', 'The user is not deleted', 'Nothing is to be restored.'),
  user_erased: row(
    'refused',
    'The personal data of the user was erased',
    'Nothing can bring the user back: add another one.',
  ),
  email_taken: row(
    'conflict',
    'The e-mail address belongs to another user',
    'Use another address. A deleted user keeps its address: restore that user.',
  ),
  invalid_pin: row(
    'unauthenticated',
    'The user or PIN is wrong',
    'Check both. The response is the same for a user that does not exist.',
  ),
  pin_locked: row(
    'throttled',
    'Too many wrong PINs',
    'Wait as `Retry-After` says, use another device, or sign in with the password.',
    RETRY,
  ),
  weak_pin: row(
    'malformed',
    'The PIN is too easy to guess',
    'Use 4 to 8 digits that are neither all the same nor in a row.',
  ),
  device_not_found: row('unknown', 'Device not found', 'This shop has no device with that id.'),
  device_exists: row('refused', 'The device exists already', 'Another device has that id.'),
  device_revoked: row('refused', 'The device is revoked', 'Register the device again.'),
  key_expired: row(
    'unauthenticated',
    'The API key has expired',
    'Ask an administrator for another key, or to rotate this one.',
  ),
  api_key_not_found: row('unknown', 'API key not found', 'This shop has no API key with that id.'),
  api_key_exists: row('refused', 'The API key exists already', 'Another key has that id.'),
  api_key_revoked: row('refused', 'The API key is revoked', 'Add another key.'),
  invalid_scope: row(
    'refused',
    'The role has no such permission',
    'Name permissions that the role holds: see the permissions page.',
  ),
  expired_already: row('refused', 'The time has passed', 'Name a time to come.'),
  session_not_found: row('unknown', 'Session not found', 'Sign in again.'),
} as const satisfies Record<string, ErrorRow>;
