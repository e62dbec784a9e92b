import { parse } from 'node:querystring';

import { KindGuard, type TSchema } from '@sinclair/typebox';

type Coerce = (given: string | string[]) => unknown;

const INTEGER = /^-?\d{1,16}$/;
const NUMBER = /^-?\d{1,16}(\.\d{1,16})?$/;

const asInteger: Coerce = (given) =>
  typeof given === 'string' && INTEGER.test(given) ? Number(given) : given;
const asNumber: Coerce = (given) =>
  typeof given === 'string' && NUMBER.test(given) ? Number(given) : given;
const asBoolean: Coerce = (given) => (given === 'true' ? true : given === 'false' ? false : given);
const asIs: Coerce = (given) => given;

/** Text that does not convert stays text; the schema check then reports what was expected. */
function coerceFor(schema: TSchema): Coerce {
  if (KindGuard.IsInteger(schema)) return asInteger;
  if (KindGuard.IsNumber(schema)) return asNumber;
  if (KindGuard.IsBoolean(schema)) return asBoolean;
  if (!KindGuard.IsArray(schema)) return asIs;
  const item = coerceFor(schema.items);
  return (given) => (typeof given === 'string' ? [given] : given).map((text) => item(text));
}

/** Reads the query of a URL, with the types that the schema names. Unknown fields stay text. */
export function createQueryReader(schema: TSchema): (search: string) => Record<string, unknown> {
  const coerce = new Map<string, Coerce>();
  const defaults: [string, unknown][] = [];
  if (KindGuard.IsObject(schema)) {
    for (const [name, property] of Object.entries(schema.properties)) {
      coerce.set(name, coerceFor(property));
      if (property.default !== undefined) defaults.push([name, property.default]);
    }
  }
  return (search) => {
    const query: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [name, value] of defaults) query[name] = value;
    if (search === '') return query;
    for (const [name, given] of Object.entries(parse(search, '&', '=', { maxKeys: 0 }))) {
      if (given !== undefined) query[name] = (coerce.get(name) ?? asIs)(given);
    }
    return query;
  };
}

/** The part of a URL after the question mark. */
export function searchOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}
