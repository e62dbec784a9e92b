/** A value that has no canonical text, and where it stands. */
export class NotCanonicalError extends Error {
  /** JSON pointer to the value. */
  readonly path: string;

  constructor(path: string, expected: string) {
    super(`expected ${expected} at ${path === '' ? 'the top' : path}`);
    this.path = path;
  }
}

const escapeKey = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

function text(value: string, path: string): string {
  if (/\p{Surrogate}/u.test(value)) throw new NotCanonicalError(path, 'no lone surrogates');
  return JSON.stringify(value);
}

function write(value: unknown, path: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return text(value, path);
  if (typeof value === 'number') {
    // Other numbers have more than one text, or lose digits on the way.
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
    throw new NotCanonicalError(path, 'a whole number of at most 53 bits, decimals as text');
  }
  if (Array.isArray(value)) {
    const items = (value as unknown[]).map((item, i) => write(item, `${path}/${i}`));
    return `[${items.join(',')}]`;
  }
  if (typeof value !== 'object') throw new NotCanonicalError(path, 'a JSON value');
  let members = '';
  // Sorted while the text is written: an object puts keys that look like numbers first.
  for (const key of Object.keys(value).sort()) {
    const member = write((value as Record<string, unknown>)[key], `${path}/${escapeKey(key)}`);
    members += `${members === '' ? '' : ','}${text(key, path)}:${member}`;
  }
  return `{${members}}`;
}

/**
 * The one text of a JSON value by RFC 8785, for hashes that other programs compute as well (S10).
 * Numbers are whole: decimals are sent as text.
 * @throws NotCanonicalError
 */
export function canonicalText(value: unknown): string {
  return write(value, '');
}
