import type { TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';

import { InvariantError } from '../../domain/kernel/errors.ts';
import type { DomainEvent } from '../../domain/kernel/event.ts';
import { type EventTypes, UnreadableEventError } from '../../domain/kernel/event-types.ts';

/** A schema never changes, so all engines of an instance share its compiled form. */
const COMPILED = new WeakMap<TSchema, TypeCheck<TSchema>>();

/**
 * Checks events against their schemas before they are stored. Each schema is compiled once.
 * @returns the version of the event's type.
 */
export function createEventChecks(types: EventTypes): (event: DomainEvent) => number {
  return (event) => {
    const type = types.get(event.type);
    if (!type) throw new UnreadableEventError('a declared event type', { type: event.type });
    const schema = type.schema as unknown as TSchema;
    let check = COMPILED.get(schema);
    if (!check) {
      check = TypeCompiler.Compile(schema);
      COMPILED.set(schema, check);
    }
    if (!check.Check(event.data)) {
      const first = check.Errors(event.data).First();
      throw new InvariantError(`${event.type} to fit its schema`, {
        path: first?.path,
        problem: first?.message,
      });
    }
    return type.version;
  };
}
