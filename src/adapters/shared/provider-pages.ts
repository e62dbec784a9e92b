import type {
  ProviderChanges,
  ProviderFailure,
  ProviderResult,
  ProviderTransaction,
} from '../../ports/provider-client.ts';

/** Pages of one list: more are left for the next call. */
const MAX_PAGES = 50;

export interface ReadPage {
  /** Undefined: the provider wrote one that cannot be read. */
  readonly transactions: readonly (ProviderTransaction | undefined)[];
  /** Where the next page begins; absent: this is the last. */
  readonly next?: string;
}

export const UNREADABLE: ProviderFailure = { kind: 'retry', code: 'unreadable', isUnknown: true };

/** Follows the pages to the end, or to the limit. */
export async function allPages(
  read: (cursor: string | undefined) => Promise<ProviderResult<ReadPage>>,
): Promise<ProviderResult<ProviderChanges>> {
  const transactions: ProviderTransaction[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const result = await read(cursor);
    if (result.kind !== 'ok') return result;
    for (const transaction of result.value.transactions) {
      if (!transaction) return UNREADABLE;
      transactions.push(transaction);
    }
    cursor = result.value.next;
    if (cursor === undefined) return { kind: 'ok', value: { transactions, isComplete: true } };
  }
  return { kind: 'ok', value: { transactions, isComplete: false } };
}

/** Of a look-up by id: none is an answer, and not a failure. */
export function orNone<T>(
  result: ProviderResult<T>,
  isNone: (failure: ProviderFailure) => boolean,
): ProviderResult<T | undefined> {
  if (result.kind === 'ok') return result;
  return isNone(result) ? { kind: 'ok', value: undefined } : result;
}

/** Of what was read, the part that is kept; undefined: it cannot be read. */
export function readable<T, V>(
  result: ProviderResult<T | undefined>,
  valueOf: (value: T) => V | undefined,
): ProviderResult<V | undefined> {
  if (result.kind !== 'ok') return result;
  if (result.value === undefined) return { kind: 'ok', value: undefined };
  const value = valueOf(result.value);
  return value ? { kind: 'ok', value } : UNREADABLE;
}
