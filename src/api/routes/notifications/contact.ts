import { isEmailAddress } from '../../../domain/deliveries/index.ts';
import type { PhoneNumbers } from '../../../ports/phone-numbers.ts';
import { RequestError } from '../../problem.ts';

/** Addresses that a caller names; those of an account are free text, and unusable ones unused. */
interface Addresses {
  readonly email?: string;
  readonly phone?: string;
}

/** @throws RequestError invalid_request; personal data is not quoted. */
export function assertPhoneNumber(phones: PhoneNumbers, text: string, path: string): void {
  const checked = phones.check(text);
  if ('e164' in checked) return;
  throw invalid(
    path,
    `expected a phone number in international form, such as +34600000000: ${checked.problem}`,
  );
}

/** @throws RequestError invalid_request for an address to which nothing can be sent. */
export function assertContact(phones: PhoneNumbers, { email, phone }: Addresses = {}): void {
  if (email !== undefined && !isEmailAddress(email.trim())) {
    throw invalid('/contact/email', 'expected one e-mail address, such as ana@example.org');
  }
  if (phone !== undefined) assertPhoneNumber(phones, phone, '/contact/phone');
}

function invalid(path: string, message: string): RequestError {
  return new RequestError('invalid_request', `${path}: ${message}`, [
    { in: 'body', path, message },
  ]);
}
