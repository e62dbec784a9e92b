import { ConflictError, NotFoundError } from '../../../domain/kernel/errors.ts';
import { START, type Position } from '../../../domain/kernel/position.ts';
import type { WorkUnit } from '../../leases/work-unit.ts';
import {
  createProjectionEngine,
  type ProjectionEngine,
  type ProjectionEngineOptions,
} from '../projection-engine.ts';
import { feedOf, fencingTokenOf, lanesOf, type Lane } from '../lanes.ts';
import {
  callByName,
  forwarding,
  OPERATIONS,
  type Operation,
  type ProjectionOperations,
} from '../projection-operations.ts';
import type { Projection } from '../folding/projection.ts';
import { createStoredView } from './stored-view.ts';

/** The projections of a system that runs in several processes over one read store. */
export interface SharedProjections extends ProjectionEngine {
  /** One unit of work per lane. */
  readonly units: readonly WorkUnit[];
}

/**
 * What this process runs under a lease is answered by its own engines; of the rest it knows what
 * the read store says. Orders about a projection that runs elsewhere are refused: they are for the
 * process that has it.
 */
export function createSharedProjections(
  options: Omit<ProjectionEngineOptions, 'feedName' | 'lease' | 'categories'>,
): SharedProjections {
  const { log, store, clock, logger, projections } = options;
  const categories = [...new Set(projections.flatMap((projection) => projection.categories))];
  const view = createStoredView({ store, clock, logger, projections });
  const engines = new Map<string, ProjectionEngine>();
  const counts = new Map<string, number>();
  const stopping = new AbortController();
  let following: Promise<void> = Promise.resolve();

  function known(name: string): Projection {
    const found = projections.find((projection) => projection.name === name);
    if (found) return found;
    throw new NotFoundError('not_found', `there is no projection ${name}`);
  }

  const engineOf = (name: string) => engines.get(feedOf(known(name)));

  function here(name: string): ProjectionEngine {
    const engine = engineOf(name);
    if (engine) return engine;
    const message = `projection ${name} is run by another process; ask that one`;
    throw new ConflictError('projection_elsewhere', message, { projection: name });
  }

  function unitOf({ feed, projections: members }: Lane): WorkUnit {
    return {
      name: feed,
      async begin(lease) {
        const engine = createProjectionEngine({
          ...options,
          projections: members,
          // All of them: a feed then passes every position that a query may wait for.
          categories,
          feedName: feed,
          lease: { ...lease, token: fencingTokenOf(lease.token) },
        });
        await engine.start();
        engines.set(feed, engine);
        return {
          async end() {
            if (engines.get(feed) === engine) engines.delete(feed);
            await engine.stop();
            for (const [kind, count] of engine.counts()) {
              counts.set(kind, (counts.get(kind) ?? 0) + count);
            }
          },
        };
      },
    };
  }

  /** Position of the newest event that any projection could wait for. */
  async function newest(): Promise<Position> {
    let position = START;
    for (let after = START; ;) {
      const page = await log.readAll({ after, categories });
      position = page.events.at(-1)?.position ?? position;
      if (page.atHead) return position;
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
      const position = await newest();
      const waits = projections.map(({ name }) => view.waitFor(name, position, timeoutMs));
      return (await Promise.all(waits)).every(Boolean);
    },
    async waitFor(name, position, timeoutMs) {
      const engine = engineOf(name);
      if (!engine) return view.waitFor(name, position, timeoutMs);
      if (await engine.waitFor(name, position, timeoutMs)) return true;
      // Time is up, but it may have been taken over by another process meanwhile.
      return view.waitFor(name, position, 0);
    },
    serving: (name) => engineOf(name)?.serving(name) ?? view.serving(name),
    report: () =>
      projections.map(({ name }) => {
        const mine = engineOf(name)
          ?.report()
          .find((report) => report.name === name);
        return mine ?? view.report(name);
      }),
    ...forwarding<ProjectionOperations, Operation>(OPERATIONS, async (operation, args) =>
      callByName(here(args[0] as string), operation, args),
    ),
    async audit({ projection, ...how }) {
      if (projection !== undefined) return here(projection).audit({ projection, ...how });
      const reports = [];
      for (const engine of [...engines.values()]) reports.push(...(await engine.audit(how)));
      return reports;
    },
    counts() {
      const all = new Map(counts);
      for (const engine of engines.values()) {
        for (const [kind, count] of engine.counts()) all.set(kind, (all.get(kind) ?? 0) + count);
      }
      return all;
    },
  };
}
