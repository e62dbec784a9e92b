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

const MAX_WORD_LENGTH = 40;

/** The words of a text without case, accents and punctuation. Depends on no language. */
export function wordsOf(text: string): string[] {
  return text
    .replace(APOSTROPHES, '')
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .toLowerCase()
    .replace(PLAIN_LETTERS, (letter) => PLAIN[letter] ?? letter)
    .split(SEPARATORS)
    .filter((word) => word !== '');
}

/** The beginning of a word, in whole characters: a half of one could be no part of a key. */
export function cutWord(word: string): string {
  return word.length <= MAX_WORD_LENGTH
    ? word
    : Array.from(word).slice(0, MAX_WORD_LENGTH).join('');
}

/** By this, names are in the order in which people look for them. */
export function sortNameOf(name: string): string {
  return wordsOf(name).join(' ');
}
