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
import type { Reads } from '../../engine/projections/reads.ts';

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
 * The same reads, each after its read model has reached the position (K12). All waits of a request
 * together take at most `timeoutMs`.
 */
export function readsFrom(
  reads: Reads,
  position: Position,
  projections: ProjectionEngine,
  timeoutMs: number,
): Reads {
  const until = performance.now() + timeoutMs;
  const reached = new Map<string, Promise<void>>();

  /** @throws DomainError not_caught_up when the time is over. */
  async function wait(projection: string): Promise<void> {
    declared(projection, () => projections.serving(projection));
    const leftMs = Math.max(0, until - performance.now());
    if (await answered(() => projections.waitFor(projection, position, leftMs))) return;
    throw new DomainError(
      'not_caught_up',
      `expected ${projection} at ${formatPosition(position)} within ${timeoutMs} ms`,
    );
  }

  function waitOnce(projection: string): Promise<void> {
    const known = reached.get(projection) ?? wait(projection);
    reached.set(projection, known);
    return known;
  }

  return {
    async get(projection, key) {
      await waitOnce(projection);
      return reads.get(projection, key);
    },
    async find(projection, query) {
      await waitOnce(projection);
      return reads.find(projection, query);
    },
  };
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
