import {
  DomainError,
  InvariantError,
  NotFoundError,
  TillstreamError,
  UpstreamError,
} from '../../domain/kernel/errors.ts';
import { formatPosition, type Position } from '../../domain/kernel/position.ts';
import type { ProjectionEngine } from '../../engine/projections/projection-engine.ts';
import type { Reads } from '../../engine/projections/reads.ts';
import type { ReadStore } from '../../ports/read-store.ts';

/** Reads documents of one shop, from the generation that serves queries at that moment (K15). */
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

/** A failure of storage is not a bug. @throws UpstreamError store_unavailable. */
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
 * The same reads, each once its read model has reached the position (K12). All waits of one request
 * share `timeoutMs`.
 */
export function readsFrom(
  reads: Reads,
  position: Position,
  projections: ProjectionEngine,
  timeoutMs: number,
): Reads {
  const until = performance.now() + timeoutMs;
  const reached = new Map<string, Promise<void>>();

  /** @throws DomainError not_caught_up at the timeout. */
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

/** A route that names an undeclared projection is a bug, not a `not_found` for its caller. */
function declared<T>(projection: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new InvariantError('a declared projection', { projection });
  }
}
