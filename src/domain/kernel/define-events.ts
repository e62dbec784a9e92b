import type { Static, TSchema } from '@sinclair/typebox';

import type { DomainEvent } from './event.ts';
import type { EventType, PersonalField } from './event-types.ts';

/** An event type whose form has changed: `upcasters[1]` turns data of version 1 into version 2. */
interface VersionedEvent {
  readonly version: number;
  readonly data: TSchema;
  readonly upcasters: Readonly<Record<number, (data: never) => unknown>>;
  /** Declares that `data.personal` is stored encrypted. */
  readonly personal?: PersonalField;
  /** Declares that the personal data of the stream's person is erased by it. */
  readonly erases?: boolean;
}

type Definition = TSchema | VersionedEvent;
type Definitions = Readonly<Record<string, Definition>>;
type DataOf<D> = D extends VersionedEvent
  ? Static<D['data']>
  : D extends TSchema
    ? Static<D>
    : never;

/** The events of one aggregate: what they hold, and the registry that checks and reads them. */
export interface EventSet<D extends Definitions = Definitions> {
  readonly definitions: D;
  readonly types: readonly EventType[];
}

/** The union of a set's events, or those of the named types. */
export type EventOf<
  Events extends EventSet,
  Type extends keyof Events['definitions'] & string = keyof Events['definitions'] & string,
> = { [T in Type]: DomainEvent<T, DataOf<Events['definitions'][T]>> }[Type];

/**
 * Declares the events of an aggregate once: names, schemas and versions. A bare schema is version
 * 1; one that has changed names its version and its upcasters.
 */
export function defineEvents<const D extends Definitions>(definitions: D): EventSet<D> {
  const types = Object.entries(definitions).map(([type, definition]): EventType => {
    if (!isVersioned(definition)) return { type, version: 1, schema: definition };
    const { version, data, upcasters, personal, erases } = definition;
    const declared = { ...(personal && { personal }), ...(erases && { erases }) };
    return { type, version, schema: data, upcasters, ...declared };
  });
  return { definitions, types };
}

function isVersioned(definition: Definition): definition is VersionedEvent {
  return 'upcasters' in definition;
}
