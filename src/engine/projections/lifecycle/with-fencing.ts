import type { EngineContext } from '../context.ts';

/**
 * Writes the state that an operation leaves for later starts. A holder that takes the lease over
 * claims the feed before it reads that state, so it either knows of this operation or shows here.
 * @throws FencedError when the lease is lost: whether the operation takes effect is then unknown.
 */
export async function withFencing(
  { store, feedName }: EngineContext,
  write: () => Promise<void>,
): Promise<void> {
  await store.claim(feedName);
  await write();
  await store.claim(feedName);
}
