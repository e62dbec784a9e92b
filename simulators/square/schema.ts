import { readFileSync } from 'node:fs';

import { fieldsOf } from '../shared/fields.ts';

/** Of Square's own OpenAPI document, without descriptions. */
interface Schema {
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

export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: RegExp;
  /** null: the secret of the application instead of a token. */
  readonly scopes: readonly string[] | null;
  readonly request?: string;
  readonly response: string;
}

interface Document {
  readonly operations: Readonly<Record<string, Omit<Operation, 'path'> & { path: string }>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

const DOCUMENT = JSON.parse(
  readFileSync(new URL('./schema.json', import.meta.url), 'utf8'),
) as Document;

export const OPERATIONS: readonly Operation[] = Object.entries(DOCUMENT.operations).map(
  ([name, { path, ...operation }]) => ({
    ...operation,
    name,
    path: new RegExp(`^${path.replaceAll(/\{[a-z_]+\}/g, '([^/]+)')}$`),
  }),
);

/** Where a value is not of the schema: `field: what is wrong`. Unknown fields are wrong too. */
export function problemsOf(name: string, value: unknown): readonly string[] {
  const problems: string[] = [];
  check({ ref: name }, value, '', problems);
  return problems;
}

function check(schema: Schema, value: unknown, at: string, problems: string[]): void {
  if (schema.ref !== undefined) {
    check(DOCUMENT.schemas[schema.ref] ?? {}, value, at, problems);
    return;
  }
  if (value === null && schema.nullable === true) return;
  if (schema.type === 'object') checkObject(schema, value, at, problems);
  else if (schema.type === 'array') checkList(schema, value, at, problems);
  else if (schema.type === 'string') checkText(schema, value, at, problems);
  else if (schema.type !== undefined) checkPlain(schema, value, at, problems);
}

function checkObject(schema: Schema, value: unknown, at: string, problems: string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(`${at}: expected an object`);
    return;
  }
  const fields = fieldsOf(value);
  for (const name of schema.required ?? []) {
    if (fields[name] === undefined) problems.push(`${at}.${name}: is required`);
  }
  for (const [name, each] of Object.entries(fields)) {
    const part = schema.properties?.[name] ?? schema.values;
    const isOpen = schema.properties === undefined && schema.values === undefined;
    if (part) check(part, each, `${at}.${name}`, problems);
    else if (!isOpen) problems.push(`${at}.${name}: is not a field`);
  }
}

function checkList(schema: Schema, value: unknown, at: string, problems: string[]): void {
  if (!Array.isArray(value)) {
    problems.push(`${at}: expected a list`);
    return;
  }
  const { items = {} } = schema;
  value.forEach((each, index) => check(items, each, `${at}[${index}]`, problems));
}

function checkText(schema: Schema, value: unknown, at: string, problems: string[]): void {
  const { enum: values, maxLength = Infinity, minLength = 0 } = schema;
  if (typeof value !== 'string') problems.push(`${at}: expected a text`);
  else if (values && !values.includes(value)) problems.push(`${at}: ${value} is not allowed`);
  else if (value.length > maxLength || value.length < minLength) {
    problems.push(`${at}: has ${value.length} characters`);
  }
}

function checkPlain(schema: Schema, value: unknown, at: string, problems: string[]): void {
  const { type, minimum = -Infinity, maximum = Infinity } = schema;
  const fits = {
    integer: Number.isSafeInteger(value),
    number: typeof value === 'number' && Number.isFinite(value),
    boolean: typeof value === 'boolean',
  }[type ?? ''];
  if (fits !== true) problems.push(`${at}: expected ${type}`);
  else if (typeof value === 'number' && (value < minimum || value > maximum)) {
    problems.push(`${at}: ${value} is out of range`);
  }
}
