import { bannedIn, bannedTerms } from './language.ts';
import { filesUnder, readProjectFile } from './project-files.ts';

const terms = bannedTerms(readProjectFile('docs/contributing/language.md'));

/** What holds to the list: folders and files. */
const CLEAN: readonly string[] = [
  'docs/',
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  '.github/',
  'src/',
  'bundle/',
  'examples/',
];

const files = filesUnder('.', '.md', '.ts').filter(({ path }) =>
  CLEAN.some((clean) => (clean.endsWith('/') ? path.startsWith(clean) : path === clean)),
);

const found = (path: string, text: string) => bannedIn({ path, text }, terms);

describe('The language', () => {
  it('has a list of banned terms, each with a replacement', () => {
    expect(terms.length).toBeGreaterThan(30);
    expect(terms.filter(({ instead }) => instead === '')).toEqual([]);
  });

  it.each(CLEAN)('is checked in %s', (clean) => {
    expect(files.filter(({ path }) => path.startsWith(clean))).not.toEqual([]);
  });

  it('has none of them where the list is kept', () => {
    expect(files.flatMap((file) => bannedIn(file, terms))).toEqual([]);
  });
});

describe('The check of the language', () => {
  it('names the place, the term and its replacement', () => {
    expect(found('docs/a.md', '# Title\n\nThe caller is told so.')).toEqual([
      'docs/a.md:3: "told": write logged, reported or known',
    ]);
  });

  it('finds every term of the list in a page and in a comment, in any case', () => {
    const missed = terms.filter(({ term }) => {
      const text = term.replace('…', 'the rebuild').toUpperCase();
      return found('a.md', text).length === 0 || found('a.ts', `// ${text}`).length === 0;
    });

    expect(missed).toEqual([]);
  });

  it('finds a term across two lines of a page, of a comment and of line comments', () => {
    expect(found('a.md', 'It gives\nup then.')).toHaveLength(1);
    expect(found('a.ts', '/**\n * It gives\n * up then.\n */\nconst a = 1;')).toEqual([
      'a.ts:2: "gives up": write cancel, abandon, time out, stop retrying or write off',
    ]);
    expect(found('a.ts', 'f(); // It gives\n     // up then.')).toHaveLength(1);
  });

  it('finds a term in a string, in each part of a template and in a nested comment', () => {
    const text = [
      "throw new Error('nobody answers');",
      'const a = `told ${b} whoever ${c} anew`;',
      'const d = `${/* told */ f(`anew`)}`;',
      "const e = { f: 'told' } satisfies G; // anew",
    ].join('\n');

    expect(found('a.ts', text).map((finding) => finding.split(':')[1])).toEqual([
      '1',
      '2',
      '2',
      '2',
      '3',
      '3',
      '4',
      '4',
    ]);
  });

  it('takes no identifier, module name, regular expression or name in code for prose', () => {
    const text = [
      "import { tell } from './told.ts';",
      "export * from './mend.ts';",
      "const a = await import('./anew.ts');",
      'const told = tell.anew(/whoever/);',
      '/** See `told`. */',
      'const stumbler = 1;',
    ].join('\n');

    expect(found('a.ts', text)).toEqual([]);
    expect(found('a.md', 'See `told`, [this](tell.md) and <a id="anew"></a>.')).toEqual([]);
  });

  it('lets a limit be "given up to" a number, and words that only begin alike', () => {
    expect(found('a.md', 'It is given up to 5 tries. A teller intends amendments.')).toEqual([]);
    expect(found('a.md', 'The totals given do not add up.')).toEqual([]);
  });
});
