/** Something in a document from outside is not as it must be; `path` is a JSON pointer to it. */
export class UnexpectedJsonError extends Error {
  readonly path: string;

  constructor(path: string, expected: string, found: unknown) {
    super(`${path === '' ? 'the item' : path}: expected ${expected}, found ${shown(found)}`);
    this.name = 'UnexpectedJsonError';
    this.path = path;
  }
}

const MAX_SHOWN = 60;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

/**
 * A place in a JSON document from outside. Each method asks for what is needed there and throws
 * UnexpectedJsonError otherwise; what nobody asks for is ignored, so that new fields do no harm.
 */
export class JsonNode {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path = '') {
    this.value = value;
    this.path = path;
  }

  /** False for what is missing and for null. */
  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** A field of this object. A field that is missing is a place too; only its use can fail. */
  at(name: string): JsonNode {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) {
      throw this.unexpected('an object');
    }
    const has = Object.hasOwn(this.value, name);
    const value = has ? (this.value as Record<string, unknown>)[name] : undefined;
    return new JsonNode(value, `${this.path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }

  /** The field, or undefined when it is missing or null. */
  optional(name: string): JsonNode | undefined {
    const field = this.at(name);
    return field.exists ? field : undefined;
  }

  /** The items of a list; a missing list is empty. */
  items(): JsonNode[] {
    if (!this.exists) return [];
    if (!Array.isArray(this.value)) throw this.unexpected('a list');
    return this.value.map((item: unknown, i) => new JsonNode(item, `${this.path}/${i}`));
  }

  text(): string {
    if (typeof this.value !== 'string' || this.value === '') throw this.unexpected('a text');
    return this.value;
  }

  /** A whole number that JSON holds without loss. */
  integer(): number {
    if (!Number.isSafeInteger(this.value)) throw this.unexpected('a whole number');
    return this.value as number;
  }

  oneOf<const T extends readonly string[]>(values: T): T[number] {
    const found = values.find((value) => value === this.value);
    if (found === undefined) throw this.unexpected(`one of ${values.join(', ')}`);
    return found;
  }

  unexpected(expected: string): UnexpectedJsonError {
    return new UnexpectedJsonError(this.path, expected, this.value);
  }
}
