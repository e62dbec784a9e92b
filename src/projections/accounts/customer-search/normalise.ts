import { cutWord, wordsOf } from '../../../lib/search-words.ts';

const PHONE = /^[\d\s+().\-/]*\d[\d\s+().\-/]*$/;

const MAX_WORDS = 12;
const MAX_DIGITS = 20;
/** A part of a phone number shorter than this finds nothing. */
const MIN_DIGITS = 3;
/** The most terms of one customer. */
export const MAX_TERMS = MAX_WORDS + MAX_DIGITS - MIN_DIGITS + 1;

function digitsOf(text: string): string {
  return text.replace(/\D/g, '').slice(0, MAX_DIGITS);
}

/**
 * What a customer is found by: the words of the name, and each end of the phone number, so that a
 * number is found by any part of it. In order, without repeats.
 */
export function termsOf({ name, phone = '' }: { name: string; phone?: string }): string[] {
  const digits = digitsOf(phone);
  const ends = Array.from({ length: Math.max(0, digits.length - MIN_DIGITS + 1) }, (_, from) =>
    digits.slice(from),
  );
  const words = wordsOf(name).slice(0, MAX_WORDS).map(cutWord);
  return [...new Set([...words, ...ends])].sort();
}

/**
 * The beginnings of terms that a search asks for; all must match. A text of digits is one part of
 * a phone number, whatever stands between them, with or without zeros for the way abroad.
 */
export function searchedTerms(text: string): string[] {
  if (!PHONE.test(text)) return [...new Set(wordsOf(text).map(cutWord))];
  const digits = digitsOf(text);
  return [digits.replace(/^0+(?=\d)/, '')];
}
