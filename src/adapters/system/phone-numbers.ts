import { isValidPhoneNumber, ParseError, parsePhoneNumberWithError } from 'libphonenumber-js/max';

import type { PhoneNumbers } from '../../ports/phone-numbers.ts';

/** What may stand in a number that a person has typed. */
const TYPED = /^\+[\d\s().-]{1,40}$/;

const PROBLEMS: Readonly<Record<string, string>> = {
  TOO_SHORT: 'it has too few digits',
  TOO_LONG: 'it has too many digits',
  INVALID_COUNTRY: 'no country has its code',
};

/** By the numbering plans of the library, which are newer with each of its versions. */
export const systemPhoneNumbers: PhoneNumbers = {
  check(text) {
    const typed = text.trim();
    // Without a country code, the same digits are numbers of many countries.
    if (!typed.startsWith('+')) return { problem: 'it does not begin with + and a country code' };
    if (!TYPED.test(typed)) return { problem: 'it has other characters than digits' };
    try {
      const { number, country } = parsePhoneNumberWithError(typed);
      if (isValidPhoneNumber(number)) return { e164: number };
      const plan = country === undefined ? 'its country code' : country;
      return { problem: `the numbering plan of ${plan} has no such number` };
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      return { problem: PROBLEMS[error.message] ?? 'it is no phone number' };
    }
  },
};
