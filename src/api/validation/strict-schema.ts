import { KindGuard, type TSchema } from '@sinclair/typebox';

/**
 * The same schema with every object closed: a field that is not declared is refused instead of
 * being lost in silence. Objects that say themselves what else they take stay as they are.
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
