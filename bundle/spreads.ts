import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Plugin } from 'esbuild';
import ts from 'typescript';

/** What a literal that begins with `...source` and goes on needs in front. */
const NOTHING_FIRST = '...null, ';

const isNull = ({ kind }: ts.Node): boolean => kind === ts.SyntaxKind.NullKeyword;

/** Where an object literal begins with a spread and has more than that, in the order of the text. */
function spreadsIn(file: ts.SourceFile): number[] {
  const places: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node) && node.properties.length > 1) {
      const [first] = node.properties;
      if (first && ts.isSpreadAssignment(first) && !isNull(first.expression)) {
        places.push(first.getStart(file));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return places;
}

/**
 * The same program, in which `{ ...source, field }` is `{ ...null, ...source, field }`.
 *
 * The V8 of Node 20 clones the source of a spread that stands first in one step, and then gives
 * each object to which a field is added a hidden class of its own: making it takes ten times as
 * long, and no later access to it can be compiled well. With nothing in front it copies field by
 * field, and all the objects of a literal share their class. The meaning is the same.
 */
export function withPlainSpreads(text: string, name: string): string {
  if (!text.includes('...')) return text;
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  let written = '';
  let from = 0;
  for (const place of spreadsIn(file)) {
    written += text.slice(from, place) + NOTHING_FIRST;
    from = place;
  }
  return written + text.slice(from);
}

/** Does so to each file of ours. Lines stay where they are, so that source maps hold. */
export const plainSpreads: Plugin = {
  name: 'plain-spreads',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents: withPlainSpreads(await readFile(path, 'utf8'), path),
      loader: 'ts',
    }));
  },
};

/** Does so to what was compiled below a folder. Files that have it already stay untouched. */
export function writePlainSpreads(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue;
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    const plain = withPlainSpreads(text, path);
    if (plain !== text) writeFileSync(path, plain);
  }
}
