import { ConflictError, NotFoundError } from '../../../domain/kernel/errors.ts';
import { END, type Position, START } from '../../../domain/kernel/position.ts';
import type { Leases } from '../../../ports/lease.ts';
import type { WorkUnit } from '../../leases/work-unit.ts';
import type { ChangeListener } from '../change-watch.ts';
import type { Projection } from '../folding/projection.ts';
import { feedOf, fencingTokenOf, type Lane, lanesOf } from '../lanes.ts';
import {
  createProjectionEngine,
  type ProjectionEngine,
  type ProjectionEngineOptions,
} from '../projection-engine.ts';
import {
  callByName,
  forwarding,
  type Operation,
  OPERATIONS,
  type ProjectionOperations,
} from '../projection-operations.ts';
import { createStoredView } from './stored-view.ts';

/** The projections of a system whose instances share one read store. */
export interface SharedProjections extends ProjectionEngine {
  /** One unit of work per lane. */
  readonly units: readonly WorkUnit[];
}

export interface SharedProjectionsOptions extends Omit<
  ProjectionEngineOptions,
  'feedName' | 'lease' | 'categories'
> {
  /** Shows which lanes no instance runs. */
  readonly leases?: Pick<Leases, 'held'> | undefined;
}

/**
 * Combines the engines of the lanes that this instance runs under a lease with the stored view of
 * the others. An operation on a projection of another instance is refused: it is for that one.
 */
export function createSharedProjections(options: SharedProjectionsOptions): SharedProjections {
  const { log, store, clock, logger, projections, leases } = options;
  const categories = [...new Set(projections.flatMap((projection) => projection.categories))];
  const view = createStoredView({ store, clock, logger, projections, leases });
  /** The engines of this instance, by feed. */
  const engines = new Map<string, ProjectionEngine>();
  /** Of the leases that they run under. */
  const leaseTokens = new Map<string, string>();
  /** Of the engines that have ended. */
  const endedCounts = new Map<string, number>();
  const watching: [readonly string[], ChangeListener][] = [];
  const stopping = new AbortController();
  let following: Promise<void> = Promise.resolve();

  /** @throws NotFoundError */
  function projectionOf(name: string): Projection {
    const found = projections.find((projection) => projection.name === name);
    if (found) return found;
    throw new NotFoundError('not_found', `there is no projection ${name}`);
  }

  const engineOf = (name: string) => engines.get(feedOf(projectionOf(name)));

  /** @throws ConflictError projection_elsewhere */
  function localEngineOf(name: string): ProjectionEngine {
    const engine = engineOf(name);
    if (engine) return engine;
    const message = `projection ${name} runs in another instance; send the operation there`;
    throw new ConflictError('projection_elsewhere', message, { projection: name });
  }

  function unitOf({ feed, projections: ofLane }: Lane): WorkUnit {
    return {
      name: feed,
      async begin(lease) {
        const engine = createProjectionEngine({
          ...options,
          projections: ofLane,
          // Those of all lanes, so that each feed passes every position that a query may wait for.
          categories,
          feedName: feed,
          lease: { ...lease, token: fencingTokenOf(lease.token) },
        });
        for (const [watched, listener] of watching) engine.watch(watched, listener);
        await engine.start();
        engines.set(feed, engine);
        leaseTokens.set(feed, String(lease.token));
        return {
          async end() {
            if (engines.get(feed) === engine) {
              engines.delete(feed);
              leaseTokens.delete(feed);
            }
            await engine.stop();
            addCounts(endedCounts, engine.counts());
          },
        };
      },
    };
  }

  /** Position of the newest event that any projection follows. */
  async function newestPosition(): Promise<Position> {
    for (let after = END; ;) {
      const page = await log.readAll({ after, categories, direction: 'backwards', limit: 1 });
      const [newest] = page.events;
      if (newest) return newest.position;
      if (page.atHead) return START;
      after = page.position;
    }
  }

  return {
    units: lanesOf(projections).map(unitOf),
    async start() {
      following = view.follow(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await following;
    },
    async whenCaughtUp({ timeoutMs }) {
      const position = await newestPosition();
      const waits = projections.map(({ name }) => view.waitFor(name, position, timeoutMs));
      return (await Promise.all(waits)).every(Boolean);
    },
    async waitFor(name, position, timeoutMs) {
      const engine = engineOf(name);
      if (!engine) return view.waitFor(name, position, timeoutMs);
      if (await engine.waitFor(name, position, timeoutMs)) return true;
      // The time has passed, but another instance may have taken the lane over meanwhile.
      return view.waitFor(name, position, 0);
    },
    serving: (name) => engineOf(name)?.serving(name) ?? view.serving(name),
    positionOf: (name) => engineOf(name)?.positionOf(name) ?? view.positionOf(name),
    runOf: (name) => leaseTokens.get(feedOf(projectionOf(name))) ?? view.runOf(name),
    watch: (watched, listener) => void watching.push([watched, listener]),
    report: () =>
      projections.map(({ name }) => {
        const reports = engineOf(name)?.report() ?? [];
        return reports.find((report) => report.name === name) ?? view.report(name);
      }),
    ...forwarding<ProjectionOperations, Operation>(OPERATIONS, async (operation, args) =>
      callByName(localEngineOf(args[0] as string), operation, args),
    ),
    async audit({ projection, ...how }) {
      if (projection !== undefined) return localEngineOf(projection).audit({ projection, ...how });
      const reports = [];
      for (const engine of [...engines.values()]) reports.push(...(await engine.audit(how)));
      return reports;
    },
    counts() {
      const sum = new Map(endedCounts);
      for (const engine of engines.values()) addCounts(sum, engine.counts());
      return sum;
    },
  };
}

function addCounts(sum: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [type, count] of counts) sum.set(type, (sum.get(type) ?? 0) + count);
}
