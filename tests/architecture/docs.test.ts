import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { filesUnder, readProjectFile, ROOT } from './project-files.ts';

const pages = [
  ...filesUnder('docs', '.md'),
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'src/domain/README.md'].map(
    (path) => ({ path, text: readProjectFile(path) }),
  ),
];

interface Link {
  readonly from: string;
  readonly to: string;
}

const withoutCode = (text: string) => text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');

function linksOf(page: { path: string; text: string }): Link[] {
  return [...withoutCode(page.text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to]) => ({ from: page.path, to: to ?? '' }))
    .filter(({ to }) => !/^[a-z]+:/.test(to));
}

/** The anchors of a page, as its headings and its own marks give them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  const marks = [...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id]) => id ?? '');
  return new Set([...headings, ...marks]);
}

function isBroken({ from, to }: Link): boolean {
  const [path = '', anchor] = to.split('#');
  const target = path === '' ? from : join(dirname(from), decodeURIComponent(path));
  if (!existsSync(join(ROOT, target))) return true;
  return anchor !== undefined && !anchorsOf(readProjectFile(target)).has(anchor);
}

describe('The documentation', () => {
  it('has no link that leads nowhere', () => {
    const links = pages.flatMap(linksOf);

    expect(links.length).toBeGreaterThan(40);
    expect(links.filter(isBroken)).toEqual([]);
  });

  it('is reached from the README, page by page', () => {
    const reached = new Set<string>();
    const follow = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      const page = pages.find((candidate) => candidate.path === path);
      for (const { from, to } of page ? linksOf(page) : []) {
        follow(join(dirname(from), to.split('#')[0] ?? ''));
      }
    };
    follow('README.md');

    expect(pages.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  it('names every dependency and the reason for it', () => {
    const page = readProjectFile('docs/explanation/dependencies.md');
    const { dependencies, devDependencies } = JSON.parse(readProjectFile('package.json')) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const names = [...Object.keys(dependencies), ...Object.keys(devDependencies)];

    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
