import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { ROOT } from './project-files.ts';

const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const RULES = join(ROOT, '.dependency-cruiser.cjs');
const CRUISE_MS = 60_000;
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
const PLANTED: readonly (readonly [rule: string, files: Readonly<Record<string, string>>])[] = [
  [
    'domain-knows-only-domain',
    {
      'src/domain/x.ts': "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;",
    },
  ],
  [
    'ports-are-types',
    {
      'src/ports/a.ts': "import type { Y } from '../adapters/y/y.ts';\nexport type A = Y;",
      'src/adapters/y/y.ts': "import { z } from '../z/z.ts';\nexport type Y = typeof z;",
    },
  ],
  ['adapters-know-ports', { 'src/adapters/z/z.ts': 'export const z = 1;' }],
  [
    'projections-know-events',
    {
      'src/projections/b/projection.ts':
        "import { b } from '../../domain/b/decide.ts';\nexport const projection = b;",
      'src/domain/b/decide.ts': 'export const b = 1;',
    },
  ],
  [
    'no-circles',
    {
      'src/commands/c.ts': "import { d } from './d.ts';\nexport const c = (): number => d();",
      'src/commands/d.ts': "import { c } from './c.ts';\nexport const d = (): number => c();",
    },
  ],
  ['no-orphans', { 'src/commands/orphan.ts': 'export const orphan = 1;' }],
];

/** A project in a folder of its own, cruised by the same rules, and gone again. */
async function cruisePlanted(): Promise<Cruise['summary']> {
  const folder = mkdtempSync(join(tmpdir(), 'tillstream-layers-'));
  try {
    writeFileSync(join(folder, 'tsconfig.json'), '{}');
    for (const [path, text] of PLANTED.flatMap(([, files]) => Object.entries(files))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
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

      for (const [expected, files] of PLANTED) {
        const found = violations.filter(({ rule }) => rule.name === expected);
        const touched = found.flatMap(({ from, to }) => [from, to]);
        expect({ expected, touched }).toEqual({
          expected,
          touched: expect.arrayContaining([Object.keys(files)[0]]) as unknown,
        });
      }
    },
    CRUISE_MS,
  );
});
