/** Letters that have no decomposition, as people type them without the right keyboard. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
};
const PLAIN_LETTERS = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'g');
const ACCENTS = /[\u0300-\u036f]/g;
/** Within a word: O'Brien is one. */
const APOSTROPHES = /['’ʼ`´]/g;
const SEPARATORS = /[^\p{L}\p{M}\p{N}]+/u;
const PHONE = /^[\d\s+().\-/]*\d[\d\s+().\-/]*$/;

const MAX_WORDS = 12;
const MAX_WORD_LENGTH = 40;
const MAX_DIGITS = 20;
/** A part of a phone number shorter than this finds nothing. */
const MIN_DIGITS = 3;

/** The words of a text without case, accents and punctuation. Depends on no language. */
function wordsOf(text: string): string[] {
  return text
    .replace(APOSTROPHES, '')
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .toLowerCase()
    .replace(PLAIN_LETTERS, (letter) => PLAIN[letter] ?? letter)
    .split(SEPARATORS)
    .filter((word) => word !== '');
}

/** Whole characters: a half of one could be no part of a key. */
function cut(word: string): string {
  return word.length <= MAX_WORD_LENGTH
    ? word
    : Array.from(word).slice(0, MAX_WORD_LENGTH).join('');
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '').slice(0, MAX_DIGITS);
}

/** By this, names are in the order in which people look for them. */
export function sortNameOf(name: string): string {
  return wordsOf(name).join(' ');
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
  const words = wordsOf(name).slice(0, MAX_WORDS).map(cut);
  return [...new Set([...words, ...ends])].sort();
}

/**
 * The beginnings of terms that a search asks for; all must match. A text of digits is one part of
 * a phone number, whatever stands between them, with or without zeros for the way abroad.
 */
export function searchedTerms(text: string): string[] {
  if (!PHONE.test(text)) return [...new Set(wordsOf(text).map(cut))];
  const digits = digitsOf(text);
  return [digits.replace(/^0+(?=\d)/, '')];
}
