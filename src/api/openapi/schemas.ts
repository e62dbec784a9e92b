import type { TSchema } from '@sinclair/typebox';

import { InvariantError } from '../../domain/kernel/errors.ts';
import { strictSchema } from '../validation/strict-schema.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Named schemas (`$id`) of the document: each is written once and referenced elsewhere. */
export interface SchemaBook {
  /** The schema for the document, with references in place of named parts. */
  use(schema: TSchema): JsonSchema;
  readonly named: ReadonlyMap<string, JsonSchema>;
}

const REF = '#/components/schemas/';

export function createSchemaBook(): SchemaBook {
  const named = new Map<string, JsonSchema>();

  function rewrite(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(rewrite);
    if (value === null || typeof value !== 'object') return value;
    const { $id, ...rest } = asEnum(value as { $id?: unknown } & Record<string, unknown>);
    const written = Object.fromEntries(
      Object.entries(rest)
        .filter(([, part]) => part !== undefined)
        .map(([name, part]) => [name, name === '$ref' ? `${REF}${String(part)}` : rewrite(part)]),
    );
    return typeof $id === 'string' ? name($id, written) : written;
  }

  function name(id: string, schema: JsonSchema): JsonSchema {
    const known = named.get(id);
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new InvariantError('one schema per $id', { id });
    }
    named.set(id, schema);
    return { $ref: `${REF}${id}` };
  }

  return {
    use: (schema) => rewrite(strictSchema(schema)) as JsonSchema,
    named,
  };
}

/** A choice between texts is an enum to most tools. */
function asEnum({ anyOf, ...rest }: Record<string, unknown>): Record<string, unknown> {
  const options = Array.isArray(anyOf) ? (anyOf as { const?: unknown }[]) : [];
  const values = options.map((option) => option.const);
  if (values.length > 0 && values.every((value) => typeof value === 'string')) {
    return { type: 'string', enum: values, ...rest };
  }
  return anyOf === undefined ? rest : { anyOf, ...rest };
}
