import { deepFreeze } from '../../../src/domain/kernel/deep-freeze.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { upcast } from '../../../src/domain/kernel/event-types.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import {
  collectionOf,
  type Projection,
} from '../../../src/engine/projections/folding/projection.ts';
import { eventTypesOf } from '../../../src/features/event-types.ts';
import { features } from '../../../src/features/index.ts';

/** A document as it was after one event. */
export interface Version {
  /** Place of the event in the log. */
  readonly at: number;
  /** Frozen; undefined where there is no document. */
  readonly body: unknown;
}

/** One read model, folded event by event with nothing in between: no batches, stores or nodes. */
export interface ShadowModel {
  readonly projection: Projection;
  readonly versions: Map<string, Version[]>;
  /** Each event's place with the keys that it touches, in order. */
  readonly touches: { readonly at: number; readonly keys: readonly string[] }[];
}

export interface Shadow {
  readonly models: readonly ShadowModel[];
  /** The read model whose documents a collection holds. */
  modelOf(collection: string): ShadowModel | undefined;
  /** Takes in what has come to the log. */
  follow(recorded: readonly RecordedEvent[]): void;
}

/** The read models of the product as it is, whatever was handed to the nodes. */
export const PROJECTIONS = features.flatMap((feature) => feature.projections);
const TYPES = eventTypesOf(features);
const BASES = PROJECTIONS.map((projection) => collectionOf(projection, 0).name.replace(/0$/, ''));

export function createShadow(): Shadow {
  const models = PROJECTIONS.map((projection): ShadowModel => ({
    projection,
    versions: new Map(),
    touches: [],
  }));
  let followed = 0;

  function take({ projection, versions, touches }: ShadowModel, event: RecordedEvent): void {
    if (!projection.categories.includes(categoryOf(event.stream))) return;
    const at = Number(event.position.commit);
    const changed: string[] = [];
    for (const key of projection.keys(event)) {
      const known = versions.get(key);
      const before = known?.at(-1)?.body;
      const body = projection.evolve(before, event, key);
      if (body === undefined && !known) continue;
      const version = { at, body: deepFreeze(body) };
      if (known) known.push(version);
      else versions.set(key, [version]);
      changed.push(key);
    }
    if (changed.length > 0) touches.push({ at, keys: changed });
  }

  return {
    models,
    modelOf: (collection) => models[BASES.findIndex((base) => collection.startsWith(base))],
    follow(recorded) {
      for (; followed < recorded.length; followed++) {
        const event = upcast(TYPES, recorded[followed] as RecordedEvent);
        for (const model of models) take(model, event);
      }
    },
  };
}

/** The document as of a place in the log. */
export function versionAt({ versions }: ShadowModel, key: string, at: number): Version | undefined {
  return versions.get(key)?.findLast((version) => version.at <= at);
}
