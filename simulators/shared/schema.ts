import { fieldsOf } from './fields.ts';

/** Of the official document of a provider, without its descriptions. */
export interface Schema {
  readonly ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly nullable?: boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Of an object that is a map. */
  readonly values?: Schema;
}

export type Schemas = Readonly<Record<string, Schema>>;

interface Found {
  readonly schemas: Schemas;
  readonly problems: string[];
}

/** Where a value is not of the schema: `field: what is wrong`. Unknown fields are wrong too. */
export function schemaProblems(schemas: Schemas, name: string, value: unknown): readonly string[] {
  const found: Found = { schemas, problems: [] };
  check({ ref: name }, value, '', found);
  return found.problems;
}

function check(schema: Schema, value: unknown, at: string, found: Found): void {
  if (schema.ref !== undefined) {
    check(found.schemas[schema.ref] ?? {}, value, at, found);
    return;
  }
  if (value === null && schema.nullable === true) return;
  if (schema.type === 'object') checkObject(schema, value, at, found);
  else if (schema.type === 'array') checkList(schema, value, at, found);
  else if (schema.type === 'string') checkText(schema, value, at, found);
  else if (schema.type !== undefined) checkPlain(schema, value, at, found);
}

function checkObject(schema: Schema, value: unknown, at: string, found: Found): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    found.problems.push(`${at}: expected an object`);
    return;
  }
  const fields = fieldsOf(value);
  for (const name of schema.required ?? []) {
    if (fields[name] === undefined) found.problems.push(`${at}.${name}: is required`);
  }
  for (const [name, each] of Object.entries(fields)) {
    const part = schema.properties?.[name] ?? schema.values;
    const isOpen = schema.properties === undefined && schema.values === undefined;
    if (part) check(part, each, `${at}.${name}`, found);
    else if (!isOpen) found.problems.push(`${at}.${name}: is not a field`);
  }
}

function checkList(schema: Schema, value: unknown, at: string, found: Found): void {
  if (!Array.isArray(value)) {
    found.problems.push(`${at}: expected a list`);
    return;
  }
  const { items = {} } = schema;
  value.forEach((each, index) => check(items, each, `${at}[${index}]`, found));
}

function checkText(schema: Schema, value: unknown, at: string, found: Found): void {
  const { enum: values, maxLength = Infinity, minLength = 0 } = schema;
  if (typeof value !== 'string') found.problems.push(`${at}: expected a text`);
  else if (values && !values.includes(value)) found.problems.push(`${at}: ${value} is not allowed`);
  else if (value.length > maxLength || value.length < minLength) {
    found.problems.push(`${at}: has ${value.length} characters`);
  }
}

function checkPlain(schema: Schema, value: unknown, at: string, found: Found): void {
  const { type, minimum = -Infinity, maximum = Infinity } = schema;
  const fits = {
    integer: Number.isSafeInteger(value),
    number: typeof value === 'number' && Number.isFinite(value),
    boolean: typeof value === 'boolean',
  }[type ?? ''];
  if (fits !== true) found.problems.push(`${at}: expected ${type}`);
  else if (typeof value === 'number' && (value < minimum || value > maximum)) {
    found.problems.push(`${at}: ${value} is out of range`);
  }
}
