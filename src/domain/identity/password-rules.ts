import { DomainError } from '../kernel/errors.ts';

export const MIN_PASSWORD_LENGTH = 10;
export const MAX_PASSWORD_LENGTH = 200;
/** Fewer different characters than this make a password that is guessed first. */
const MIN_DIFFERENT = 5;
/** Shorter parts of a name stand in many words by chance. */
const MIN_KNOWN_PART = 3;
/** Letters and digits of a password beside the name or address of its person. */
const MIN_OWN_CHARACTERS = 6;

/** Beginnings of the passwords that attackers try first, as they stand in lists of stolen ones. */
const COMMON = [
  ...['password', 'passwort', 'contrasena', 'contraseña', 'qwerty', 'qwertz', 'azerty', 'asdf'],
  ...['letmein', 'welcome', 'bienvenido', 'iloveyou', 'tequiero', 'admin', 'administrator'],
  ...['login', 'master', 'monkey', 'dragon', 'football', 'futbol', 'baseball', 'superman'],
  ...['princess', 'princesa', 'sunshine', 'changeme', 'secret', 'secreto', 'default', 'tillstream'],
  ...['trustno', 'starwars', 'whatever', 'michael', 'jordan', 'shadow', 'zxcvbn', 'abc'],
];
const RUNS = ['0123456789', '9876543210', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', '1q2w3e4r5t'];
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/**
 * Refuses passwords that are guessed first: short ones, common ones with decoration, runs of keys,
 * few different characters, and those made of the person's own e-mail address or name.
 * @throws DomainError weak_password; the message never holds the password.
 */
export function assertStrongPassword(password: string, known: readonly string[] = []): void {
  const problem = weaknessOf(password, known);
  if (problem === undefined) return;
  throw new DomainError('weak_password', `expected a password that ${problem}`);
}

function weaknessOf(password: string, known: readonly string[]): string | undefined {
  const length = Array.from(password).length;
  if (length < MIN_PASSWORD_LENGTH) return `has at least ${MIN_PASSWORD_LENGTH} characters`;
  if (length > MAX_PASSWORD_LENGTH) return `has at most ${MAX_PASSWORD_LENGTH} characters`;
  const lower = password.toLowerCase();
  if (new Set(lower).size < MIN_DIFFERENT) return 'has more different characters';
  const letters = undecorated(lower);
  const isCommon = (text: string) =>
    COMMON.some((word) => text.startsWith(word) && text.length - word.length < 6);
  if (isCommon(lower) || isCommon(letters) || isCommon(wordOf(lower))) {
    return 'is not in the lists of stolen passwords';
  }
  if (RUNS.some((run) => coverage(lower, run) > length - 4)) return 'is no run of keys or digits';
  return isMadeOf(lower, known) ? 'is not made of the name or e-mail address' : undefined;
}

/** Whether little is left of a text without the parts of what is known of the person. */
function isMadeOf(text: string, known: readonly string[]): boolean {
  const parts = known
    .flatMap((each) => each.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((part) => part.length >= MIN_KNOWN_PART)
    .sort((a, b) => b.length - a.length);
  const rest = parts.reduce((left, part) => left.replaceAll(part, ' '), text);
  return rest !== text && rest.replace(/[^\p{L}\p{N}]+/gu, '').length < MIN_OWN_CHARACTERS;
}

/** `P@ssw0rd` as `password`. */
function undecorated(text: string): string {
  return Array.from(text, (character) => LEET[character] ?? character).join('');
}

/** Without digits and signs around it. */
function wordOf(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
}

/** Length of the longest part of the run that the text begins with, repeats included. */
function coverage(text: string, run: string): number {
  let best = 0;
  for (let start = 0; start < run.length; start++) {
    let at = 0;
    while (at < text.length && text[at] === run[(start + at) % run.length]) at += 1;
    best = Math.max(best, at);
  }
  return best;
}
