import { SECRET_FORMS } from '../../lib/redact-secrets.ts';

/** Names that say that their value is secret. */
const NAMES =
  /(^|[._-])(pass(word|phrase|wd)?|pin|secrets?|tokens?|credentials?|(api|access|private|secret|signing|encryption)[._-]?keys?)($|[._-])/i;

const RANDOM = /[A-Za-z0-9+/_=-]{24,}/g;
/** Bits of entropy per character of the whole word; those of names and paths are lower. */
const RANDOM_ENTROPY = 3.5;
const RANDOM_CLASSES = [/[a-z]/, /[A-Z]/, /\d/];

/** Whether a text has the form of a secret: of a known system, or as random as one. */
export function looksSecret(text: string): boolean {
  return SECRET_FORMS.some((form) => form.test(text)) || (text.match(RANDOM) ?? []).some(isRandom);
}

/** Whether a name says that its value is secret. */
export function namesSecret(name: string): boolean {
  return NAMES.test(name);
}

function isRandom(word: string): boolean {
  if (/^[0-9a-f]{32,}$/i.test(word)) return true;
  if (!RANDOM_CLASSES.every((characters) => characters.test(word))) return false;
  const counts = new Map<string, number>();
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / word.length);
  return -shares.reduce((sum, share) => sum + share * Math.log2(share), 0) >= RANDOM_ENTROPY;
}
