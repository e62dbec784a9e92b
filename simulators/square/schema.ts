import { readFileSync } from 'node:fs';

import { schemaProblems, type Schemas } from '../shared/schema.ts';

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
  readonly schemas: Schemas;
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

/** Where a value is not of Square's schema. */
export const problemsOf = (name: string, value: unknown): readonly string[] =>
  schemaProblems(DOCUMENT.schemas, name, value);
