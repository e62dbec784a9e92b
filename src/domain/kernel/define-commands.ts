import type { TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';

import type { Command } from './decider.ts';
import { DomainError } from './errors.ts';
import type { Value } from './schema.ts';

type Schemas = Readonly<Record<string, TSchema>>;

/** The commands of one aggregate: what each asks for, field by field. */
export interface CommandSet<S extends Schemas = Schemas> {
  readonly schemas: S;
  /**
   * Checks a command against its schema, compiled at its first use.
   * @throws DomainError invalid_request naming the first field that does not fit.
   */
  check(command: Command): void;
}

/** The union of a set's commands, or those of the named types. */
export type CommandOf<
  Commands extends CommandSet,
  Type extends keyof Commands['schemas'] & string = keyof Commands['schemas'] & string,
> = { [T in Type]: Command<T, Value<Commands['schemas'][T]>> }[Type];

/** Declares the commands of an aggregate once, for its rules, the engine, the API and its docs. */
export function defineCommands<const S extends Schemas>(schemas: S): CommandSet<S> {
  const compiled = new Map<string, TypeCheck<TSchema>>();

  function checkOf(type: string): TypeCheck<TSchema> {
    const known = compiled.get(type);
    if (known) return known;
    const schema = schemas[type];
    if (!schema) throw new DomainError('invalid_request', `expected a command, found ${type}`);
    const check = TypeCompiler.Compile(schema);
    compiled.set(type, check);
    return check;
  }

  return {
    schemas,
    check({ type, data }) {
      const check = checkOf(type);
      if (check.Check(data)) return;
      const { path = '', message = '', value } = check.Errors(data).First() ?? {};
      const field = path.slice(1).replaceAll('/', '.');
      throw new DomainError(
        'invalid_request',
        `expected ${type}${field === '' ? '' : `.${field}`} to fit its schema: ${message}`,
        { field, found: value },
      );
    },
  };
}
