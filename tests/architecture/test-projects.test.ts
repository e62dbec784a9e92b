import { join } from 'node:path';

import { filesUnder, ROOT } from './project-files.ts';

interface JestConfig {
  readonly SYSTEM: readonly string[];
  readonly LONG: readonly string[];
  readonly SERVERS: readonly string[];
}

const BUILT_PRODUCT = /\.\.\/dist\/(main|cli)/;
const IMPORT = /(?:from|import\()\s*'(\.[^']+\.ts)'/g;

const files = new Map(filesUnder('tests', '.ts').map(({ path, text }) => [path, text]));
const tests = [...files.keys()].filter((path) => path.endsWith('.test.ts'));

/** The file and all test files that it imports, directly or not. */
function withImports(path: string, seen = new Set<string>()): ReadonlySet<string> {
  const text = files.get(path);
  if (text === undefined || seen.has(path)) return seen;
  seen.add(path);
  for (const [, specifier = ''] of text.matchAll(IMPORT)) {
    withImports(join(path, '..', specifier), seen);
  }
  return seen;
}

const needsBuild = (path: string) =>
  [...withImports(path)].some((imported) => BUILT_PRODUCT.test(files.get(imported) ?? ''));

describe('The test projects', () => {
  let built: readonly string[];

  beforeAll(async () => {
    const url = new URL(`file://${join(ROOT, 'jest.config.js')}`);
    const { SYSTEM, LONG, SERVERS } = (await import(url.href)) as JestConfig;
    built = [...SYSTEM, ...LONG, ...SERVERS].map((folder) => `tests/${folder}/`);
  });

  const isBuilt = (path: string) => built.some((folder) => path.startsWith(folder));

  it('have folders with tests, some of which need the built product', () => {
    expect(built.filter((folder) => !tests.some((path) => path.startsWith(folder)))).toEqual([]);
    expect(tests.filter(needsBuild)).toContain('tests/crash/kill.test.ts');
  });

  it('leave no test that needs the built product to those that run without a build', () => {
    expect(tests.filter((path) => !isBuilt(path) && needsBuild(path))).toEqual([]);
  });
});
