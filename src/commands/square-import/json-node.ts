import { MAX_ID_LENGTH } from '../../domain/kernel/schema.ts';
import { isPrintable } from '../../lib/printable-text.ts';
import { NOTICE_CODES, type NoticeCode } from './codes.ts';

/** A field of an external document has an unexpected value. `path` is its JSON pointer. */
export class UnexpectedJsonError extends Error {
  readonly path: string;

  constructor(path: string, expected: string, found: unknown) {
    super(`expected ${expected}, found ${describe(found)}`);
    this.name = 'UnexpectedJsonError';
    this.path = path;
  }
}

/** A part of an imported order that the import left out or shortened. */
export interface Notice {
  readonly code: NoticeCode;
  /** JSON pointer to the field. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly action: string;
}

const MAX_SHOWN = 60;
/** RFC 3339, as the rules of orders accept it. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

/**
 * A value in an external JSON document, with its JSON pointer. A method that needs a certain form
 * throws UnexpectedJsonError for any other. Fields that no method reads cannot fail, so new fields
 * of the provider do no harm.
 */
export class JsonNode {
  readonly value: unknown;
  readonly path: string;
  /** Shared by all nodes of one document, in the order in which they were noted. */
  readonly notices: Notice[];

  constructor(value: unknown, path = '', notices: Notice[] = []) {
    this.value = value;
    this.path = path;
    this.notices = notices;
  }

  /** False for a missing field, for null and for a blank text: providers write all three. */
  get exists(): boolean {
    const { value } = this;
    return value !== undefined && value !== null && !(typeof value === 'string' && !value.trim());
  }

  /** A field of this object. A missing field has a node too; only reading its value can fail. */
  at(name: string): JsonNode {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) {
      throw this.unexpected('an object');
    }
    const has = Object.hasOwn(this.value, name);
    const value = has ? (this.value as Record<string, unknown>)[name] : undefined;
    const pointer = name.replaceAll('~', '~0').replaceAll('/', '~1');
    return new JsonNode(value, `${this.path}/${pointer}`, this.notices);
  }

  /** The field, or undefined when it does not exist. */
  optional(name: string): JsonNode | undefined {
    const field = this.at(name);
    return field.exists ? field : undefined;
  }

  /** The items of a list; a missing list is empty. */
  items(): JsonNode[] {
    if (!this.exists) return [];
    if (!Array.isArray(this.value)) throw this.unexpected('a list');
    return this.value.map(
      (item: unknown, i) => new JsonNode(item, `${this.path}/${i}`, this.notices),
    );
  }

  /** A text that is not blank and can be stored. */
  text(): string {
    if (typeof this.value !== 'string' || !this.exists) throw this.unexpected('a text');
    if (!isPrintable(this.value)) throw this.unexpected('a text without control characters');
    return this.value;
  }

  /** A text that identifies something. It is never shortened. */
  id(): string {
    const text = this.text();
    if (text.length > MAX_ID_LENGTH) {
      throw this.unexpected(`an id of at most ${MAX_ID_LENGTH} characters`);
    }
    return text;
  }

  /** A text for people. A longer one is shortened, with a notice, so that the order is not lost. */
  label(maxLength: number): string {
    const text = this.text();
    if (text.length <= maxLength) return text;
    this.note('text_shortened', `expected at most ${maxLength} characters, found ${text.length}`);
    return `${text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
  }

  /** A time in the form of RFC 3339. */
  instant(): string {
    if (!INSTANT.test(this.text())) throw this.unexpected('an RFC 3339 time');
    return this.text();
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

  note(code: NoticeCode, message: string): void {
    this.notices.push({ code, path: this.path, message, action: NOTICE_CODES[code] });
  }

  unexpected(expected: string): UnexpectedJsonError {
    return new UnexpectedJsonError(this.path, expected, this.value);
  }
}
