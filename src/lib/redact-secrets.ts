/** Forms that keys, tokens and passwords of common systems have. */
export const SECRET_FORMS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/,
  /\b(sk|pk|rk)_(live|test)_\w{8,}/,
  /\bwhsec_[\w+/=]{8,}/,
  /\b(tsk|dev|inv)_[a-z0-9]{1,32}_[0-9a-f]{1,64}_[0-9a-f]{16,64}/,
  /\bsetup_[a-z0-9]{1,32}_[0-9a-f]{16,64}/,
  /\bts_[a-z]{1,20}_[\w-]{20,}/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\b(ghp|gho|ghs|github_pat)_\w{20,}/,
  /\bxox[abprs]-[\w-]{10,}/,
  /\b(APP_USR|TEST)-[\w-]{20,}/,
  /\b(EAAA|sq0[a-z]{3}-)[\w-]{16,}/,
  /\bAIza[\w-]{30,}/,
  /\bBearer +[\w.~+/=-]{12,}/i,
  /:\/\/[^\s/:@]*:[^\s/@]+@/,
  /\b(pass(word|phrase|wd)?|secret|token|api[_-]?key)\s*[:=]\s*\S{4,}/i,
];

/** Forms that only a log line or an error has: a setting may hold such a text. */
const LOGGED_FORMS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/,
  /\bBasic +[A-Za-z0-9+/=]{8,}/,
  /\b(set-)?cookie["']?\s*[:=][^\r\n]+/i,
  /\b(pin|cvv|cvc|authorization)["']?\s*[:=]\s*["']?[^\s,"'}]{3,}/i,
  /\b(pass(word|phrase|wd)?|(client|access|refresh|master)?[_-]?(secret|token|api[_-]?key|master[_-]?key))["']?\s*[:=]\s*["']?[^\s,"'}]{4,}/i,
];

const FORMS = [...LOGGED_FORMS, ...SECRET_FORMS].map(
  ({ source, flags }) => new RegExp(source, `${flags}g`),
);
/** Numbers of payment cards have 14 to 19 digits, in groups or not. */
const CARD = /\b[3-6]\d(?:[ -]?\d){12,17}\b/g;
const REDACTED = '[redacted]';
/** Longer texts are cut there: each form is looked for in the whole text. */
const MAX_TEXT = 20_000;
const MAX_DEPTH = 6;

/** The text without what has the form of a secret or of a card number. */
export function redactSecrets(text: string): string {
  let safe = text.slice(0, MAX_TEXT);
  for (const form of FORMS) safe = safe.replace(form, REDACTED);
  return safe.replace(CARD, (number) => (isCard(number) ? REDACTED : number));
}

/** The same for each text within a value, and for the messages of errors. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactSecrets(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return REDACTED;
  if (value instanceof Error) return redactSecrets(`${value.name}: ${value.message}`);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  const fields = Object.entries(value);
  return Object.fromEntries(fields.map(([name, item]) => [name, redactValue(item, depth + 1)]));
}

/** The check digit of Luhn, which one number in ten has by chance. */
function isCard(text: string): boolean {
  const digits = Array.from(text.replace(/\D/g, ''), Number).reverse();
  const sum = digits.reduce((total, digit, i) => {
    if (i % 2 === 0) return total + digit;
    return total + (digit > 4 ? digit * 2 - 9 : digit * 2);
  }, 0);
  return sum % 10 === 0;
}
