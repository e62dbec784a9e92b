import type { EventTypes } from '../domain/kernel/event-types.ts';
import type { Position } from '../domain/kernel/position.ts';
import type { Erasure } from '../engine/personal-data/erasure.ts';
import { subjectOf } from '../engine/personal-data/subject.ts';
import type { SubjectKeys } from '../engine/personal-data/subject-keys.ts';
import type { ProcessManager } from '../engine/processes/process-manager.ts';
import type { ProjectionView } from '../engine/projections/projection-view.ts';
import { categoriesOf, type Feature } from '../features/feature.ts';
import type { Ports } from './options.ts';

/** Read models that are further behind are not waited for: the erasure must not depend on them. */
const MAX_WAIT_MS = 5_000;
/** Erasures that are completed together, after which files are overwritten once. */
const MAX_ERASURES = 200;

interface ErasureParts {
  readonly keys: SubjectKeys;
  readonly ports: Pick<Ports, 'snapshots'>;
  /** Removes what else is known of the stream's person. */
  readonly forget: (stream: string) => Promise<void>;
  readonly projections: () => Pick<ProjectionView, 'report' | 'waitFor'>;
}

export function createErasure({ keys, ports, forget, projections }: ErasureParts): Erasure {
  const { snapshots } = ports;

  /** Side by side, each for as long: the clock can be set back while they are waited for. */
  async function readModelsHaveSeen(position: Position): Promise<void> {
    const engine = projections();
    const live = engine.report().filter(({ state }) => state === 'live');
    await Promise.all(live.map(({ name }) => engine.waitFor(name, position, MAX_WAIT_MS)));
  }

  return {
    async complete(stream, position) {
      await readModelsHaveSeen(position);
      await forget(stream);
      await keys.destroy(subjectOf(stream));
      // One from before personal data was encrypted would still show it.
      const empty = { revision: -1, lastEventId: '', foldVersion: -1, body: '', digest: '' };
      await snapshots.put({ stream, ...empty });
    },
  };
}

/**
 * Completes each erasure that a request has recorded and may not have finished, and then has the
 * files of the read models overwritten.
 */
export function erasureProcess(
  features: readonly Feature[],
  types: EventTypes,
  erasure: Erasure,
  overwrite: (() => Promise<void>) | undefined,
): ProcessManager {
  const erasing = [...types.values()].filter(({ erases }) => erases).map(({ type }) => type);
  const owners = features.filter(({ events }) => events.types.some(({ erases }) => erases));
  return {
    name: 'personal-data-erasure',
    categories: categoriesOf(owners),
    eventTypes: erasing,
    open: () => ({
      react: ({ stream, position }) => erasure.complete(stream, position),
      keyOf: ({ stream }) => stream,
      maxConcurrent: MAX_ERASURES,
      // Once for all of them: it writes whole files again, and a person can have many messages.
      settle: async () => overwrite?.(),
    }),
  };
}
