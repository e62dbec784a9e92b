import { KindGuard, type TSchema } from '@sinclair/typebox';

/**
 * The same schema with every object closed: an undeclared field is rejected instead of being
 * dropped silently. Objects that declare `additionalProperties` keep them.
 */
export function strictSchema(schema: TSchema): TSchema {
  if (KindGuard.IsIntersect(schema)) {
    return 'unevaluatedProperties' in schema ? schema : { ...schema, unevaluatedProperties: false };
  }
  if (KindGuard.IsObject(schema)) {
    const properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, value]) => [name, strictSchema(value)]),
    );
    return { ...schema, properties, additionalProperties: schema.additionalProperties ?? false };
  }
  if (KindGuard.IsArray(schema)) return { ...schema, items: strictSchema(schema.items) };
  if (KindGuard.IsUnion(schema)) return { ...schema, anyOf: schema.anyOf.map(strictSchema) };
  return schema;
}
