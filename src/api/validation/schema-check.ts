import { KindGuard, type TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler, type ValueError } from '@sinclair/typebox/compiler';

import type { Violation } from '../problem.ts';
import { strictSchema } from './strict-schema.ts';

const MAX_SHOWN = 60;
/** Schemas never change, so one compiled check serves all uses of a schema. */
const COMPILED = new WeakMap<TSchema, TypeCheck<TSchema>>();

/** The check of one schema. It is compiled at its first use, so that the start is quick. */
export interface SchemaCheck {
  fits(value: unknown): boolean;
  /** The findings about a value, at most one per field. */
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
  // Messages are logged and shown: a secret must not be in them.
  if (schema['writeOnly'] === true) return expected;
  return `${expected}, found ${shown(value)}`;
}

/** A list of the valid values is clearer than TypeBox's message about a union. */
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
