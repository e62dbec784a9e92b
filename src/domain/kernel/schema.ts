import {
  FormatRegistry,
  type ObjectOptions,
  type Static,
  type TProperties,
  type TSchema,
  Type,
} from '@sinclair/typebox';

import { isDay } from './business-day.ts';

/**
 * The atoms of all schemas: of events, commands, documents, requests and responses. A description
 * says what a field means; the reference pages and the OpenAPI document are written from them.
 */

FormatRegistry.Set('date', isDay);

/** Largest amount, as the largest integer that JSON and JavaScript hold exactly. */
export const MAX_MINOR = Number.MAX_SAFE_INTEGER;
export const MAX_ID_LENGTH = 200;
export const MAX_NAME_LENGTH = 512;
export const MAX_TEXT_LENGTH = 1_000;
export const MAX_NOTE_LENGTH = 2_000;

export const Id = Type.String({ minLength: 1, maxLength: MAX_ID_LENGTH });
export const Name = Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH });
export const Text = Type.String({ minLength: 1, maxLength: MAX_TEXT_LENGTH });
export const Note = Type.String({ maxLength: MAX_NOTE_LENGTH });
export const Currency = Type.String({
  pattern: '^[A-Z]{3}$',
  description: 'ISO 4217 code, such as EUR.',
});
export const Day = Type.String({ format: 'date', description: 'Business day, YYYY-MM-DD.' });
/** A time as RFC 3339 writes it; not looked at further. */
export const Instant = Type.String({ minLength: 20, maxLength: 40 });
export const Minor = Type.Integer({
  minimum: 0,
  maximum: MAX_MINOR,
  description: 'Minor units of the currency.',
});
export const Positive = Type.Integer({
  minimum: 1,
  maximum: MAX_MINOR,
  description: 'Minor units of the currency, above 0.',
});
export const Signed = Type.Integer({
  minimum: -MAX_MINOR,
  maximum: MAX_MINOR,
  description: 'Minor units of the currency; may be negative.',
});
export const Quantity = Type.String({
  pattern: '^\\d+(\\.\\d{1,5})?$',
  maxLength: 12,
  description: 'A decimal above 0 with up to 5 places, as text.',
});
export const Percentage = Type.String({
  pattern: '^\\d{1,4}(\\.\\d{1,7})?$',
  description: 'A decimal with up to 7 places, as text: 7.25 is 7.25 %.',
});

/** One of the given texts; documentation and errors list them. */
export const oneOf = <const T extends readonly string[]>(values: T, description?: string) =>
  Type.Unsafe<T[number]>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      description === undefined ? {} : { description },
    ),
  );

/** An object that takes no fields but these. */
export const strict = <P extends TProperties>(properties: P, options: ObjectOptions = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

export const optional = <S extends TSchema>(schema: S) => Type.Optional(schema);

/** The same schema with a meaning of its own. */
export const described = <S extends TSchema>(schema: S, description: string): S => ({
  ...schema,
  description,
});

/** The data of an event: what the event says, and its fields. */
export const eventData = <P extends TProperties>(description: string, properties: P) =>
  strict(properties, { description });

type ReadonlyList<V> = V extends (infer Item)[] ? readonly Item[] : V;

/** The type of a schema's values, whose fields and lists cannot be changed. */
export type Value<S extends TSchema> = {
  readonly [Field in keyof Static<S>]: ReadonlyList<Static<S>[Field]>;
};
