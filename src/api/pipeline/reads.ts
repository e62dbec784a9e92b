import {
  DomainError,
  InvariantError,
  NotFoundError,
  TillstreamError,
  UpstreamError,
} from '../../domain/kernel/errors.ts';
import { formatPosition, type Position } from '../../domain/kernel/position.ts';
import type { ReadStore } from '../../ports/read-store.ts';
import type { ProjectionEngine } from '../../engine/projections/projection-engine.ts';
import type { Reads } from '../route.ts';

/** Reads of one store's documents, whichever generation answers now (K15). */
export function createReads(
  projections: ProjectionEngine,
  readStore: ReadStore,
  storeId: string,
): Reads {
  const documents = readStore.forStore(storeId);

  function collectionOf(projection: string): string {
    const collection = declared(projection, () => projections.serving(projection));
    if (collection !== undefined) return collection;
    throw new DomainError('not_caught_up', `the read model ${projection} is being built`);
  }

  return {
    get: async (projection, key) =>
      answered(async () => documents.get(collectionOf(projection), key)),
    find: async (projection, query) =>
      answered(async () => documents.find(collectionOf(projection), query)),
  };
}

/** A store that does not answer is no bug of ours. @throws UpstreamError store_unavailable. */
export async function answered<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TillstreamError) throw error;
    const message = `a store did not answer: ${String(error)}`;
    throw new UpstreamError('store_unavailable', message, {}, error);
  }
}

/**
 * Waits until every one of the read models has seen the position (K12).
 * @throws DomainError not_caught_up after `timeoutMs`.
 */
export async function untilReached(
  projections: ProjectionEngine,
  names: readonly string[],
  position: Position,
  timeoutMs: number,
): Promise<void> {
  for (const name of names) declared(name, () => projections.serving(name));
  const reached = await answered(() =>
    Promise.all(names.map((name) => projections.waitFor(name, position, timeoutMs))),
  );
  if (reached.every(Boolean)) return;
  throw new DomainError(
    'not_caught_up',
    `expected ${names.join(', ')} at ${formatPosition(position)} within ${timeoutMs} ms`,
  );
}

/**
 * A projection that a route names and nobody declares is a bug, not something a caller can miss.
 */
function declared<T>(projection: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new InvariantError('a declared projection', { projection });
  }
}
