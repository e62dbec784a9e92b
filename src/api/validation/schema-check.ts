import { KindGuard, type TSchema } from '@sinclair/typebox';
import { TypeCompiler, type TypeCheck, type ValueError } from '@sinclair/typebox/compiler';

import type { Violation } from '../problem.ts';
import { strictSchema } from './strict-schema.ts';

const MAX_SHOWN = 60;
/** A schema never changes, so that all who ask about the same one can share what was made of it. */
const COMPILED = new WeakMap<TSchema, TypeCheck<TSchema>>();

/**
 * A schema ready to be asked. It is compiled when it is first needed, so that the start is quick.
 */
export interface SchemaCheck {
  fits(value: unknown): boolean;
  /** What does not fit, at most one finding per place. */
  violations(value: unknown, max: number): Violation[];
}

export function createSchemaCheck(schema: TSchema, part: Violation['in']): SchemaCheck {
  const check = () => compiled(schema);
  return {
    fits: (value) => check().Check(value),
    violations(value, max) {
      const found = new Map<string, Violation>();
      for (const error of check().Errors(value)) {
        if (found.size >= max) break;
        if (found.has(error.path)) continue;
        found.set(error.path, { in: part, path: error.path, message: messageOf(error) });
      }
      return [...found.values()];
    },
  };
}

function compiled(schema: TSchema): TypeCheck<TSchema> {
  let check = COMPILED.get(schema);
  if (!check) {
    check = TypeCompiler.Compile(strictSchema(schema));
    COMPILED.set(schema, check);
  }
  return check;
}

function messageOf({ message, schema, value }: ValueError): string {
  if (message === 'Unexpected property') return 'expected no such field';
  const expected = expectationOf(schema) ?? message.charAt(0).toLowerCase() + message.slice(1);
  return `${expected}, found ${shown(value)}`;
}

/** A list of allowed values says more than that it is a union. */
function expectationOf(schema: TSchema): string | undefined {
  if (!KindGuard.IsUnion(schema) || !schema.anyOf.every(KindGuard.IsLiteral)) return undefined;
  return `expected one of ${schema.anyOf.map(({ const: value }) => String(value)).join(', ')}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}
