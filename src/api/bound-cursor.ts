import { RequestError } from './problem.ts';

/** Hex digits of the digest in a cursor: no two lists of a shop share them by accident. */
const TAG_LENGTH = 24;
const CURSOR = new RegExp(`^([0-9a-f]{${TAG_LENGTH}})\\.([\\w-]+)$`);

/** What a cursor belongs to: the cursor of one list, filter or shop is refused by another. */
export interface CursorScope {
  readonly storeId: string;
  readonly operationId: string;
  readonly params: unknown;
  readonly query: Readonly<Record<string, unknown>>;
}

/** Puts a fingerprint of the scope into cursors, and takes it out of them. */
export function boundCursors(scope: CursorScope, sha256: (text: string) => string) {
  const { storeId, operationId, params, query } = scope;
  // The size of a page may change from one page to the next.
  const filter = Object.entries(query)
    .filter(([name, value]) => name !== 'cursor' && name !== 'limit' && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const tag = sha256(JSON.stringify([storeId, operationId, params ?? {}, filter]));
  const prefix = tag.slice(0, TAG_LENGTH);
  return {
    bind: (cursor: string) => `${prefix}.${cursor}`,
    /** @throws RequestError invalid_request for a cursor of another scope. */
    unbind(bound: string): string {
      const [, found, cursor = ''] = CURSOR.exec(bound) ?? [];
      if (found === prefix) return cursor;
      throw new RequestError('invalid_request', 'expected a cursor from a page of this list', [
        {
          in: 'query',
          path: '/cursor',
          message: 'expected nextCursor of an earlier page of the same list with the same filters',
        },
      ]);
    },
  };
}
