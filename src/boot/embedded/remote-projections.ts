import { NotFoundError } from '../../domain/kernel/errors.ts';
import type { ChangeListener } from '../../engine/projections/change-watch.ts';
import type { ProjectionEngine } from '../../engine/projections/projection-engine.ts';
import { forwarding } from '../../engine/projections/projection-operations.ts';
import { createWaiters, hasReached } from '../../engine/projections/waiters.ts';
import type { Clock } from '../../ports/clock.ts';
import { FORWARDED, type Forwarded, REMOTE, type RemoteState } from './protocol.ts';
import type { Rpc } from './rpc.ts';

/**
 * A projection engine in another thread. Queries are answered from its state as it was last
 * published, which follows every step of progress; operations are forwarded. It can be started once
 * `opened` has resolved.
 */
export function createRemoteProjections(
  rpc: Rpc,
  clock: Clock,
  opened: Promise<unknown> = Promise.resolve(),
): ProjectionEngine {
  const waiters = createWaiters(clock);
  let state: RemoteState = {
    ...{ reports: [], serving: new Map(), counts: new Map() },
    run: undefined,
  };
  let publishedWaiters = false;
  const watching: [readonly string[], ChangeListener][] = [];

  function update(published: RemoteState): void {
    state = published;
    waiters.check();
  }

  /** While a caller waits, the engine does not pause between batches. */
  function publishWaiters(): void {
    const hasWaiters = waiters.count() > 0;
    if (hasWaiters === publishedWaiters) return;
    publishedWaiters = hasWaiters;
    rpc.call(REMOTE.hasWaiters, hasWaiters).catch(() => undefined);
  }

  /** @throws NotFoundError */
  function assertKnown(name: string): void {
    if (state.serving.has(name)) return;
    throw new NotFoundError('not_found', `there is no projection ${name}`);
  }

  const positionOf = (name: string) => {
    if (state.serving.get(name) === undefined) return undefined;
    return state.reports.find((report) => report.name === name)?.position;
  };

  rpc.handle(REMOTE.state, update);
  rpc.handle(REMOTE.changed, (projection: string, keys: readonly string[]) => {
    for (const [watched, listener] of watching) {
      if (watched.includes(projection)) listener(projection, keys);
    }
  });

  return {
    async start() {
      await opened;
      if (watching.length > 0) {
        await rpc.call(REMOTE.watch, [...new Set(watching.flatMap(([watched]) => watched))]);
      }
      update(await rpc.call<RemoteState>(REMOTE.start));
    },
    stop: () => rpc.call(REMOTE.stop),
    async waitFor(projection, position, timeoutMs) {
      assertKnown(projection);
      const reached = () => hasReached(positionOf(projection), position);
      const waiting = waiters.until(reached, timeoutMs);
      publishWaiters();
      try {
        return await waiting;
      } finally {
        publishWaiters();
      }
    },
    serving(projection) {
      assertKnown(projection);
      return state.serving.get(projection);
    },
    positionOf,
    runOf: () => state.run,
    watch: (watched, listener) => void watching.push([watched, listener]),
    report: () => state.reports,
    counts: () => state.counts,
    ...forwarding<ProjectionEngine, Forwarded>(FORWARDED, (method, args) =>
      rpc.call(method, ...args),
    ),
  };
}
