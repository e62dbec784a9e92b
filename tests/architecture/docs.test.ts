import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { ENGINE_EVENT_TYPES } from '../../src/engine/commands/engine-events.ts';
import { CONFIG_KEYS } from '../../src/config.ts';
import { ERRORS } from '../../src/domain/kernel/errors.ts';
import { features } from '../../src/features/index.ts';
import { PROJECTION_EVENT_TYPES } from '../../src/engine/projections/engine-events.ts';
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

/** The rows of the table below a heading, cell by cell. */
function tableBelow(text: string, heading: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) return [];
  const end = lines.findIndex((line, i) => i > start && line.startsWith('#'));
  const rows = lines.slice(start, end < 0 ? undefined : end).filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
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
      const page = pages.find((one) => one.path === path);
      for (const { from, to } of page ? linksOf(page) : []) {
        follow(join(dirname(from), to.split('#')[0] ?? ''));
      }
    };
    follow('README.md');

    expect(pages.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  it('tells of every error code', () => {
    const page = readProjectFile('docs/reference/errors.md');

    expect(Object.keys(ERRORS).filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });

  it('tells of every setting with its default', () => {
    const page = readProjectFile('docs/reference/config.md');
    const missing = Object.values(CONFIG_KEYS).filter(({ env, default: standard }) => {
      const row = page
        .split('\n')
        .find((line) => line.startsWith('|') && line.includes(`\`${env}\``));
      return !row?.includes(String(standard));
    });

    expect(missing.map(({ env }) => env)).toEqual([]);
  });

  it('tells of every operation of the API', () => {
    const page = readProjectFile('docs/reference/api.md');
    const routes = features.flatMap((feature) => feature.routes);
    const names = routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);

    expect(names.length).toBeGreaterThan(25);
    expect(names.filter((name) => !page.includes(name))).toEqual([]);
  });

  it('tells of every read model', () => {
    const page = readProjectFile('docs/reference/projections.md');
    const names = features.flatMap((feature) => feature.projections.map(({ name }) => name));

    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('tells of every dependency why it is there', () => {
    const page = readProjectFile('docs/explanation/dependencies.md');
    const { dependencies, devDependencies } = JSON.parse(readProjectFile('package.json')) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const names = [...Object.keys(dependencies), ...Object.keys(devDependencies)];

    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  const declared = [
    ...ENGINE_EVENT_TYPES,
    ...PROJECTION_EVENT_TYPES,
    ...features.flatMap((feature) => feature.events.types),
  ];
  const events = readProjectFile('docs/reference/events.md');

  it.each(declared)('tells of $type, version $version, field by field', (event) => {
    const { type, version } = event;
    const schema = event.schema as { properties: object; required?: readonly string[] };
    const always = new Set(schema.required);
    const expected = Object.keys(schema.properties).map((field) => [
      `\`${field}\``,
      always.has(field) ? 'yes' : 'no',
    ]);
    const rows = tableBelow(events, `### ${type} (version ${version})`);

    expect(rows.map(([field, , isAlways]) => [field, isAlways])).toEqual(expected);
  });

  it('tells of no event that is not declared', () => {
    const told = [...events.matchAll(/^### (\w+) \(version \d+\)$/gm)].map(([, type]) => type);

    expect([...told].sort()).toEqual(declared.map(({ type }) => type).sort());
  });
});
