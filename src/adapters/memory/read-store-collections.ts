import { InvariantError } from '../../domain/kernel/errors.ts';
import type {
  CollectionSpec,
  DocumentWrite,
  FieldValue,
  Query,
  StoredDocument,
} from '../../ports/read-store.ts';
import { frozenCopy } from './frozen-copy.ts';

const MAX_LIMIT = 1_000;
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,80}$/;

/** A write whose body was copied: it shares no reference with the caller. */
export interface PreparedWrite {
  readonly key: string;
  readonly document: StoredDocument | undefined;
}

/** One collection in memory. */
export interface MemoryCollection {
  setSpec(spec: CollectionSpec): void;
  prepare(write: DocumentWrite): PreparedWrite;
  put(write: PreparedWrite): void;
  load(keys: readonly string[]): Map<string, StoredDocument>;
  get(storeId: string, key: string): StoredDocument | undefined;
  find(storeId: string, query: Query): StoredDocument[];
  scan(afterKey: string, limit: number): StoredDocument[];
}

export function createMemoryCollection(
  first: CollectionSpec,
  frozenReads: boolean,
): MemoryCollection {
  const toResult = frozenReads ? (document: StoredDocument) => document : unfrozenCopyOf;
  const documents = new Map<string, StoredDocument>();
  let sortedKeys: string[] | undefined;
  let name = '';
  let fields = new Set<string>();
  setSpec(first);

  function setSpec(spec: CollectionSpec): void {
    const declared = spec.indexes.flatMap((index) => index.fields);
    for (const declaredName of [spec.name, ...declared]) {
      if (NAME.test(declaredName)) continue;
      throw new InvariantError('a collection or field name of letters, digits and _', {
        name: declaredName,
      });
    }
    ({ name } = spec);
    fields = new Set(declared);
  }

  function valueOf(document: StoredDocument, field: string): FieldValue {
    const value = (document.body as Record<string, unknown>)[field];
    return typeof value === 'number' || typeof value === 'string' ? value : '';
  }

  function assertDeclared(field: string): void {
    if (fields.has(field)) return;
    throw new InvariantError(`a field that an index of ${name} declares`, { field });
  }

  function matches(document: StoredDocument, { where = {}, range }: Query): boolean {
    for (const field in where) if (valueOf(document, field) !== where[field]) return false;
    if (!range) return true;
    const value = valueOf(document, range.field);
    if (range.from !== undefined && compareValues(value, range.from) < 0) return false;
    return range.below === undefined || compareValues(value, range.below) < 0;
  }

  return {
    setSpec,
    prepare({ key, storeId, position, epoch, body }) {
      if (body === undefined) return { key, document: undefined };
      const document = { key, storeId, position, epoch, body: frozenCopy(body) };
      return { key, document: Object.freeze(document) };
    },
    put({ key, document }) {
      if (!document) {
        if (documents.delete(key)) sortedKeys = undefined;
        return;
      }
      if (!documents.has(key)) sortedKeys = undefined;
      documents.set(key, document);
    },
    load(keys) {
      const found = new Map<string, StoredDocument>();
      for (const key of keys) {
        const document = documents.get(key);
        if (document) found.set(key, toResult(document));
      }
      return found;
    },
    get(storeId, key) {
      const document = documents.get(key);
      return document?.storeId === storeId ? toResult(document) : undefined;
    },
    find(storeId, query) {
      const { orderBy, direction, after, where = {}, range } = query;
      for (const field of [orderBy, ...Object.keys(where)]) assertDeclared(field);
      if (range) assertDeclared(range.field);
      const sign = direction === 'descending' ? -1 : 1;
      const found = [...documents.values()].filter(
        (document) =>
          document.storeId === storeId &&
          matches(document, query) &&
          (!after ||
            sign *
              compareSortKeys(valueOf(document, orderBy), document.key, after.value, after.key) >
              0),
      );
      found.sort(
        (a, b) => sign * compareSortKeys(valueOf(a, orderBy), a.key, valueOf(b, orderBy), b.key),
      );
      return found.slice(0, Math.max(1, Math.min(query.limit, MAX_LIMIT))).map(toResult);
    },
    scan(afterKey, limit) {
      sortedKeys ??= [...documents.keys()].sort(compareTexts);
      const from = sortedKeys.findIndex((key) => compareTexts(key, afterKey) > 0);
      if (from < 0) return [];
      return [...this.load(sortedKeys.slice(from, from + limit)).values()];
    },
  };
}

const SURROGATE = /[\ud800-\udfff]/;

/** By code point, as UTF-8 sorts; UTF-16 differs from it only for surrogates. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

/** Numbers come before texts. */
function compareValues(a: FieldValue, b: FieldValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number') return -1;
  return typeof b === 'number' ? 1 : compareTexts(a, b);
}

function compareSortKeys(a: FieldValue, aKey: string, b: FieldValue, bKey: string): number {
  return compareValues(a, b) || compareTexts(aKey, bKey);
}

function unfrozenCopyOf(document: StoredDocument): StoredDocument {
  return { ...document, body: structuredClone(document.body) };
}
