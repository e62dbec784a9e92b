import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

import { ROOT } from './project-files.ts';

const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const RULES = join(ROOT, '.dependency-cruiser.cjs');
const CRUISE_MS = 240_000;
const MAX_OUTPUT_BYTES = 64 * 1_048_576;

interface Cruise {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

/** Runs the layers' rules over the `src` of a folder. The tool's exit code counts the violations. */
function cruise(folder: string): Promise<Cruise['summary']> {
  const parameters = [CRUISER, 'src', '--config', RULES, '--output-type', 'json'];
  const options = { cwd: folder, maxBuffer: MAX_OUTPUT_BYTES, timeout: CRUISE_MS };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, parameters, options, (_error, stdout, stderr) => {
      try {
        resolve((JSON.parse(stdout) as Cruise).summary);
      } catch {
        reject(new Error(`expected a report of dependency-cruiser, found ${stderr || stdout}`));
      }
    });
  });
}

/** Files that break one rule each, laid out as those of the product are. */
const PLANTED: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['lib-imports', 'src/lib/a.ts', 'src/domain/kernel/a.ts'],
  ['lib-packages', 'src/lib/a2.ts', 'node:fs'],
  ['domain-imports', 'src/domain/b/b.ts', 'src/ports/b.ts'],
  ['domain-packages', 'src/domain/b/decide.ts', '@sinclair/typebox'],
  ['typebox-only', 'src/domain/b/events.ts', 'node:fs'],
  ['ports-imports', 'src/ports/c.ts', 'src/domain/orders/c.ts'],
  ['engine-imports', 'src/engine/d/d.ts', 'src/domain/orders/d.ts'],
  ['adapters-imports', 'src/adapters/x/x.ts', 'src/adapters/y/y.ts'],
  ['commands-imports', 'src/commands/e/e.ts', 'src/engine/projections/e.ts'],
  ['projections-imports', 'src/projections/f/f.ts', 'src/domain/f/decide.ts'],
  ['processes-imports', 'src/processes/g/g.ts', 'src/projections/g/g.ts'],
  ['api-imports', 'src/api/h.ts', 'src/projections/h/projection.ts'],
  ['api-imports', 'src/api/h2.ts', 'src/features/h.ts'],
  ['api-imports', 'src/api/h3.ts', 'src/cli/h.ts'],
  ['features-imports', 'src/features/i.ts', 'src/adapters/y/i.ts'],
  ['app-imports', 'src/app/j.ts', 'src/adapters/y/j.ts'],
  ['maintenance-imports', 'src/maintenance/k.ts', 'src/cli/k.ts'],
  ['cli-imports', 'src/cli/l.ts', 'src/api/l.ts'],
  ['boot-imports', 'src/boot/m.ts', 'src/maintenance/m.ts'],
  ['root-imports', 'src/n.ts', 'src/adapters/y/n.ts'],
  ['no-unknown-folder', 'src/unknown/o.ts', 'src/lib/o.ts'],
  ['no-circles', 'src/commands/p.ts', 'src/commands/q.ts'],
];

const ORPHAN = 'src/commands/orphan.ts';

/** The text of the file `from`, which imports `to`. */
function importing(from: string, to: string): string {
  const specifier = to.startsWith('src/') ? relative(dirname(from), to) : to;
  const local = to.startsWith('src/') && !specifier.startsWith('.');
  return `import * as it from '${local ? './' : ''}${specifier}';\nexport const value = it;\n`;
}

/** A project in a folder of its own, cruised by the same rules, and gone again. */
async function cruisePlanted(): Promise<Cruise['summary']> {
  const folder = mkdtempSync(join(tmpdir(), 'tillstream-layers-'));
  try {
    writeFileSync(join(folder, 'tsconfig.json'), '{}');
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    for (const [, , to] of PLANTED) if (to.startsWith('src/')) write(to, 'export const value = 1;');
    for (const [, from, to] of PLANTED) write(from, importing(from, to));
    write('src/commands/q.ts', importing('src/commands/q.ts', 'src/commands/p.ts'));
    write(ORPHAN, 'export const orphan = 1;');
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return await cruise(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('The layers', () => {
  it(
    'are kept by every module of the product',
    async () => {
      const { totalCruised, violations } = await cruise(ROOT);

      // A tool that cannot read TypeScript finds no modules, and so no violations.
      expect(totalCruised).toBeGreaterThan(100);
      expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
    },
    CRUISE_MS,
  );

  it(
    'are guarded: each planted violation is found where it was planted',
    async () => {
      const { violations } = await cruisePlanted();

      const found = violations.map(({ rule, from }) => `${rule.name} in ${from}`);
      const expected = PLANTED.map(([name, from]) => `${name} in ${from}`);
      const missed = [...expected, `no-orphans in ${ORPHAN}`].filter((one) => !found.includes(one));
      expect(missed).toEqual([]);
    },
    CRUISE_MS,
  );

  it('have a rule, and a planted violation of it, for each folder of src', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${name}-imports`);

    expect(folders.length).toBeGreaterThan(10);
    expect(PLANTED.map(([name]) => name)).toEqual(expect.arrayContaining(folders));
  });
});
