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
import { sameJson } from './same-json.ts';

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
  /** Whether nodes may keep the body as the document at a place in the log. */
  mayHold(model: ShadowModel, key: string, at: number, body: unknown): boolean;
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
  const events: RecordedEvent[] = [];
  /** Streams of people whose personal data was asked to be erased. */
  const erased = new Set<string>();

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

  /**
   * The same fold by a node that read the first events while the keys were there, and the others
   * after those of erased people were destroyed: a node that has fallen behind does so.
   */
  function isFoldAfterErasure(model: ShadowModel, key: string, at: number, body: unknown): boolean {
    const { projection, versions } = model;
    const places = (versions.get(key) ?? []).map((version) => version.at);
    const folded = places.filter((place) => place <= at).map((place) => events[place]);
    for (let readable = folded.length - 1; readable >= 0; readable--) {
      let state: unknown;
      folded.forEach((event, i) => {
        if (!event) return;
        state = projection.evolve(state, i < readable ? event : withoutKey(event), key);
      });
      if (sameJson(state, body)) return true;
    }
    return false;
  }

  function withoutKey(event: RecordedEvent): RecordedEvent {
    const erasedForm = TYPES.get(event.type)?.personal?.erased;
    if (erasedForm === undefined || !erased.has(event.stream)) return event;
    return { ...event, data: { ...(event.data as object), personal: erasedForm } };
  }

  return {
    models,
    modelOf: (collection) => models[BASES.findIndex((base) => collection.startsWith(base))],
    mayHold(model, key, at, body) {
      if (sameJson(versionAt(model, key, at)?.body, body)) return true;
      return erased.size > 0 && isFoldAfterErasure(model, key, at, body);
    },
    follow(recorded) {
      for (; events.length < recorded.length;) {
        const event = upcast(TYPES, recorded[events.length] as RecordedEvent);
        events.push(event);
        if (TYPES.get(event.type)?.erases) erased.add(event.stream);
        for (const model of models) take(model, event);
      }
    },
  };
}

/** The document as of a place in the log. */
export function versionAt({ versions }: ShadowModel, key: string, at: number): Version | undefined {
  return versions.get(key)?.findLast((version) => version.at <= at);
}
