import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project, wherever it was cloned to. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What is made by tools or holds data, and is no part of the project's text. */
const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'coverage', 'results', '.git']);

export interface ProjectFile {
  /** From the root, with `/` between folders. */
  readonly path: string;
  readonly text: string;
}

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (NOT_OURS.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}

/** The files below a folder of the project whose names end in one of the given ways, in order. */
export function filesUnder(folder: string, ...endings: readonly string[]): readonly ProjectFile[] {
  return [...walk(join(ROOT, folder))]
    .filter((path) => endings.length === 0 || endings.some((ending) => path.endsWith(ending)))
    .map((path) => ({
      path: relative(ROOT, path).replaceAll('\\', '/'),
      text: readFileSync(path, 'utf8'),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** One file of the project as text. */
export function readProjectFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
