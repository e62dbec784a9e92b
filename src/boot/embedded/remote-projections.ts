import { NotFoundError } from '../../domain/kernel/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProjectionEngine } from '../../engine/projections/projection-engine.ts';
import { forwarding } from '../../engine/projections/projection-operations.ts';
import { createWaiters, hasReached } from '../../engine/projections/waiters.ts';
import { FORWARDED, REMOTE, type Forwarded, type RemoteState } from './protocol.ts';
import type { Rpc } from './rpc.ts';

/**
 * A projection engine that runs elsewhere. What queries ask of it is answered from its state as it
 * was last told, which follows every step of progress; orders are carried over. It can be started
 * once `opened` has resolved.
 */
export function createRemoteProjections(
  rpc: Rpc,
  clock: Clock,
  opened: Promise<unknown> = Promise.resolve(),
): ProjectionEngine {
  const waiters = createWaiters(clock);
  let state: RemoteState = { reports: [], serving: new Map(), counts: new Map() };
  let urgent = false;

  function take(told: RemoteState): void {
    state = told;
    waiters.check();
  }

  /** While somebody waits, the engine does not rest between batches. */
  function tellUrgency(): void {
    const now = waiters.count() > 0;
    if (now === urgent) return;
    urgent = now;
    rpc.call(REMOTE.urgent, now).catch(() => undefined);
  }

  function known(name: string): string {
    if (state.serving.has(name)) return name;
    throw new NotFoundError('not_found', `there is no projection ${name}`);
  }

  const positionOf = (name: string) => {
    if (state.serving.get(name) === undefined) return undefined;
    return state.reports.find((report) => report.name === name)?.position;
  };

  rpc.handle(REMOTE.state, take);

  return {
    async start() {
      await opened;
      take(await rpc.call<RemoteState>(REMOTE.start));
    },
    stop: () => rpc.call(REMOTE.stop),
    async waitFor(projection, position, timeoutMs) {
      known(projection);
      const waiting = waiters.until(() => hasReached(positionOf(projection), position), timeoutMs);
      tellUrgency();
      try {
        return await waiting;
      } finally {
        tellUrgency();
      }
    },
    serving: (projection) => state.serving.get(known(projection)),
    report: () => state.reports,
    ...forwarding<ProjectionEngine, Forwarded>(FORWARDED, (method, args) =>
      rpc.call(method, ...args),
    ),
    counts: () => state.counts,
  };
}
