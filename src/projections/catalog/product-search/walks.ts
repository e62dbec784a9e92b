import type { Reads } from '../../../engine/projections/reads.ts';
import { compareText } from '../../../lib/compare-text.ts';
import type { FieldValue, Query } from '../../../ports/read-store.ts';

/** Documents of the first read of a list, and of the largest. */
const SLICES = { first: 64, max: 256 };

/** Where a document stands in an order, and whether it is one of those that are looked for. */
export interface Place {
  readonly value: FieldValue;
  readonly key: string;
  readonly productId: string;
  readonly isFound: boolean;
}

export interface Listed<Doc> {
  readonly projection: string;
  readonly query: Omit<Query, 'limit'>;
  readonly placeOf: (body: Doc, key: string) => Place;
  /** Documents of the first read. */
  readonly first?: number;
}

/** The places of one list in its order, read in slices that grow. */
export async function* walk<Doc>(
  reads: Reads,
  { projection, query, placeOf, first = SLICES.first }: Listed<Doc>,
): AsyncGenerator<Place> {
  let { after } = query;
  for (let limit = first; ; limit = Math.min(limit * 2, SLICES.max)) {
    const slice = await reads.find<Doc>(projection, { ...query, limit, ...(after && { after }) });
    for (const { body, key } of slice) yield placeOf(body, key);
    const last = slice.at(-1);
    if (!last || slice.length < limit) return;
    const value = (last.body as Record<string, FieldValue>)[query.orderBy] ?? '';
    after = { value, key: last.key };
  }
}

/** Several walks in the same order as one. */
export async function* merge(
  walks: readonly AsyncGenerator<Place>[],
  compare: (a: Place, b: Place) => number,
): AsyncGenerator<Place> {
  const next = async (from: AsyncGenerator<Place>) => {
    const result = await from.next();
    return result.done ? undefined : { from, place: result.value };
  };
  const heads = (await Promise.all(walks.map(next))).filter((head) => head !== undefined);
  for (;;) {
    let first = 0;
    for (let i = 1; i < heads.length; i++) {
      const [best, other] = [heads[first], heads[i]];
      if (best && other && compare(other.place, best.place) < 0) first = i;
    }
    const head = heads[first];
    if (!head) return;
    yield head.place;
    const following = await next(head.from);
    if (following) heads[first] = following;
    else heads.splice(first, 1);
  }
}

/** By value, then by product: the order of the read store, in one of its directions. */
export function comparePlaces(sign: 1 | -1): (a: Place, b: Place) => number {
  return (a, b) => sign * (compareValues(a.value, b.value) || compareText(a.key, b.key));
}

function compareValues(a: FieldValue, b: FieldValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareText(String(a), String(b));
}
