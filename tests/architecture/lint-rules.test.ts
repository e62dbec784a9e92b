import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { ESLint, Linter } from 'eslint';
import tseslint from 'typescript-eslint';

import { readProjectFile, ROOT } from './project-files.ts';

const LENGTH = 'max-lines-per-function';
const PROPERTIES = 'no-restricted-properties';

const eslint = new ESLint({ cwd: ROOT });

/** The findings of one rule, as it is configured for `path`, in a text. */
async function findings(rule: string, path: string, text: string): Promise<readonly string[]> {
  const config = (await eslint.calculateConfigForFile(path)) as Linter.Config;
  const alone: Linter.Config = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    rules: { [rule]: config.rules?.[rule] ?? 'off' },
  };
  return new Linter().verify(text, alone, path).map(({ line, ruleId }) => `${line}: ${ruleId}`);
}

const functionOf = (lines: number) => `function f() {\n${'g();\n'.repeat(lines - 2)}}\n`;

describe('The lint rules', () => {
  it('find a function above 70 lines, not counting blank lines and comments', async () => {
    const commented = functionOf(70).replaceAll('g();\n', 'g();\n\n// why\n');

    expect(await findings(LENGTH, 'src/api/a.ts', functionOf(71))).toEqual([`1: ${LENGTH}`]);
    expect(await findings(LENGTH, 'src/api/a.ts', commented)).toEqual([]);
  });

  it('excuse only files that still have a long function', async () => {
    const url = new URL(`file://${join(ROOT, 'eslint.config.js')}`);
    const { LONG_FUNCTIONS } = (await import(url.href)) as { LONG_FUNCTIONS: readonly string[] };
    const outdated: string[] = [];
    for (const path of LONG_FUNCTIONS) {
      const text = existsSync(join(ROOT, path)) ? readProjectFile(path) : '';
      if ((await findings(LENGTH, 'src/api/a.ts', text)).length === 0) outdated.push(path);
    }

    expect(outdated).toEqual([]);
  });

  it.each(['src/cli/main.ts', 'src/boot/serve.ts', 'src/domain/orders/decide.ts'])(
    'find a read of the environment in %s',
    async (path) => {
      expect(await findings(PROPERTIES, path, 'f(process.env);')).toEqual([`1: ${PROPERTIES}`]);
    },
  );

  it('let the settings read the environment', async () => {
    expect(await findings(PROPERTIES, 'src/config.ts', 'f(process.env);')).toEqual([]);
  });

  it('find a random number in the rules of the domain', async () => {
    expect(await findings(PROPERTIES, 'src/domain/a.ts', 'Math.random();')).toEqual([
      `1: ${PROPERTIES}`,
    ]);
  });
});
