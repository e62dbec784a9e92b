import { DomainError } from '../../domain/kernel/errors.ts';
import type { FieldValue, Query, StoredDocument } from '../../ports/read-store.ts';

/** Reads of one shop's documents, by read model; the serving generation is found inside. */
export interface Reads {
  get<Doc>(projection: string, key: string): Promise<StoredDocument<Doc> | undefined>;
  find<Doc>(projection: string, query: Query): Promise<readonly StoredDocument<Doc>[]>;
}

export const DEFAULT_PAGE = 50;
export const MAX_PAGE = 200;

/** A page of documents, with an opaque cursor to the next page. */
export interface Page<Doc> {
  readonly items: readonly Doc[];
  readonly nextCursor?: string;
}

export interface PageRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** @throws DomainError invalid_request when the text is no cursor that `findPage` returned. */
export function decodeCursor(cursor: string): { value: FieldValue; key: string } {
  try {
    const decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
    const [value, key] = decoded as [unknown, unknown];
    if ((typeof value === 'string' || typeof value === 'number') && typeof key === 'string') {
      return { value, key };
    }
  } catch {
    // Reported below.
  }
  throw new DomainError('invalid_request', 'expected a cursor from an earlier page', {
    errors: [{ path: '/query/cursor', message: 'is not a cursor from an earlier page' }],
  });
}

/** The place after a document, for `decodeCursor`. */
export function encodeCursor({ value, key }: { value: FieldValue; key: string }): string {
  return Buffer.from(JSON.stringify([value, key])).toString('base64url');
}

/** One page of a query. Reads one document more to know whether there is a next page. */
export async function findPage<Doc>(
  reads: Reads,
  projection: string,
  query: Omit<Query, 'limit' | 'after'>,
  { limit = DEFAULT_PAGE, cursor }: PageRequest,
): Promise<Page<Doc>> {
  const pageSize = Math.max(1, Math.min(limit, MAX_PAGE));
  const found = await reads.find<Doc>(projection, {
    ...query,
    limit: pageSize + 1,
    ...(cursor !== undefined && { after: decodeCursor(cursor) }),
  });
  const items = found.slice(0, pageSize).map(({ body }) => body);
  const last = found[pageSize - 1];
  if (found.length <= pageSize || !last) return { items };
  const value = (last.body as Record<string, FieldValue>)[query.orderBy] ?? '';
  return { items, nextCursor: encodeCursor({ value, key: last.key }) };
}

/** Conditions of equality, without the undefined ones. */
export function wherePresent(
  fields: Readonly<Record<string, FieldValue | undefined>>,
): Record<string, FieldValue> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, FieldValue] => entry[1] !== undefined),
  );
}

/** A range over a text field such as a day, `to` included. */
export function between(field: string, from: string | undefined, to: string | undefined) {
  if (from === undefined && to === undefined) return {};
  return {
    range: {
      field,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { below: `${to}\uffff` }),
    },
  };
}
