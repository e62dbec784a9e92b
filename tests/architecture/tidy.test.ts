import { basename } from 'node:path';

import { brokenRules, longLines } from './code-rules.ts';
import { filesUnder, type ProjectFile, readProjectFile } from './project-files.ts';

const MAX_SOURCE_LINES = 500;
const MAX_TEST_LINES = 800;
const MAX_LINE_LENGTH = 100;

const source = filesUnder('src', '.ts');
const tests = filesUnder('tests', '.ts');
const code = [...source, ...tests];

const planted = (path: string, text: string): ProjectFile => ({ path, text });
const lengthOf = ({ text }: ProjectFile) => text.split('\n').length - 1;

describe('The code', () => {
  it('is found by these checks', () => {
    expect(source.length).toBeGreaterThan(100);
    expect(tests.length).toBeGreaterThan(30);
  });

  it('has no source file above 500 lines and no test file above 800', () => {
    const tooLong = [
      ...source.filter((file) => lengthOf(file) > MAX_SOURCE_LINES),
      ...tests.filter((file) => lengthOf(file) > MAX_TEST_LINES),
    ];

    expect(tooLong.map((file) => `${file.path}: ${lengthOf(file)}`)).toEqual([]);
  });

  it('has no line above 100 characters in src, but for lines that hold a text or an address', () => {
    expect(source.flatMap((file) => longLines(file, MAX_LINE_LENGTH))).toEqual([]);
  });

  it('names its files in kebab case', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|child))?\.ts$/;

    expect(code.map(({ path }) => path).filter((path) => !kebab.test(basename(path)))).toEqual([]);
  });

  it('exports names, prints from the command line only, and keeps rules free of the world', () => {
    expect(code.flatMap(brokenRules)).toEqual([]);
  });

  it('leaves nothing to be done without saying for which issue and what', () => {
    const marks = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME'].join('|')})\\b`);
    const reasoned = new RegExp(`${marks.source}\\(#\\d+\\): \\S.{8,}`);
    const found = code.flatMap(({ path, text }) =>
      text
        .split('\n')
        .map((line, i) => ({ line, at: `${path}:${i + 1}` }))
        .filter(({ line }) => marks.test(line) && !reasoned.test(line)),
    );

    expect(found.map(({ at }) => at)).toEqual([]);
  });
});

describe('The checks of the code', () => {
  it('see a default export in each of its forms', () => {
    expect(brokenRules(planted('src/a.ts', 'export default 1;'))).toHaveLength(1);
    expect(brokenRules(planted('src/a.ts', 'export default class A {}'))).toHaveLength(1);
    expect(brokenRules(planted('src/a.ts', 'const a = 1;\nexport { a as default };'))).toEqual([
      'src/a.ts:2: a default export',
    ]);
  });

  it('see printing outside the command line', () => {
    const text = 'console.log(1);';

    expect(brokenRules(planted('src/api/a.ts', text))).toEqual(['src/api/a.ts:1: console']);
    expect(brokenRules(planted('src/cli/a.ts', text))).toEqual([]);
  });

  it.each(['new Date();', 'Date.now();', 'Math.random();', 'setTimeout(f, 1);', 'process.env;'])(
    'see %s in the domain and leave it alone elsewhere',
    (text) => {
      expect(brokenRules(planted('src/domain/a.ts', text))).toHaveLength(1);
      expect(brokenRules(planted('src/adapters/a.ts', text))).toEqual([]);
    },
  );

  it('take no field, string or comment for a global', () => {
    const text = "// process\ntype A = { process: 'Date' };\nconst b = a.process;";

    expect(brokenRules(planted('src/domain/a.ts', text))).toEqual([]);
  });

  it('see a long comment, and leave a long text whole', () => {
    const long = 'x'.repeat(MAX_LINE_LENGTH);

    expect(longLines(planted('src/a.ts', `// ${long}`), MAX_LINE_LENGTH)).toHaveLength(1);
    expect(longLines(planted('src/a.ts', `const a = '${long}';`), MAX_LINE_LENGTH)).toEqual([]);
    expect(longLines(planted('src/a.ts', `// https://a.b/${long}`), MAX_LINE_LENGTH)).toEqual([]);
  });
});

/** Put together here, so that this file does not find itself. */
const MACHINE_BOUND = [
  ['/', 'work/'],
  ['/tmp/', 'bash_jobs'],
  ['/', 'root/'],
  ['/', 'home/[a-z]+/'],
  ['\\.\\./', 'shared/(data|reference|[A-Z])'],
  ['localhost:', '4873'],
  ['verda', 'ccio'],
].map((parts) => new RegExp(`(^|[^\\w.-])${parts.join('')}`));

describe('The project', () => {
  it('names no folder of one machine and no private registry', () => {
    const isText = /\.(ts|js|cjs|mjs|json|md|yml|yaml|sh|sql|css|html)$|file$|ignore$|\.npmrc$/;
    const files = filesUnder('.').filter(({ path }) => isText.test(path));
    const found = files.flatMap(({ path, text }) =>
      text
        .split('\n')
        .map((line, i) => ({ line, at: `${path}:${i + 1}` }))
        .filter(({ line }) => MACHINE_BOUND.some((pattern) => pattern.test(line))),
    );

    expect(files.length).toBeGreaterThan(100);
    expect(found.map(({ at }) => at)).toEqual([]);
  });

  it.each(['package-lock.json', 'bench/package-lock.json', 'bench/peer-esdb/package-lock.json'])(
    'pins no package of %s to another registry than the public one',
    (path) => {
      const lock = JSON.parse(readProjectFile(path)) as {
        packages: Record<string, { resolved?: string; link?: boolean }>;
      };
      const packages = Object.values(lock.packages);
      const elsewhere = packages.filter(
        ({ resolved, link }) =>
          resolved !== undefined && !link && !resolved.startsWith('https://registry.npmjs.org/'),
      );

      expect(packages.length).toBeGreaterThan(20);
      expect(elsewhere).toEqual([]);
    },
  );
});
