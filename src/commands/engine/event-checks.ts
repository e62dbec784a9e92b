import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler';
import type { TSchema } from '@sinclair/typebox';

import type { DomainEvent } from '../../domain/kernel/event.ts';
import { UnreadableEventError, type EventTypes } from '../../domain/kernel/event-types.ts';
import { InvariantError } from '../../domain/kernel/errors.ts';

/** Checks events against their schemas before they are stored. Each schema is compiled once. */
export function createEventChecks(types: EventTypes): (event: DomainEvent) => number {
  const compiled = new Map<string, TypeCheck<TSchema>>();
  return (event) => {
    const type = types.get(event.type);
    if (!type) throw new UnreadableEventError('a declared event type', { type: event.type });
    let check = compiled.get(event.type);
    if (!check) {
      check = TypeCompiler.Compile(type.schema as unknown as TSchema);
      compiled.set(event.type, check);
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
