import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** It takes about 40 s on two free cores; a busy machine may need many times as long. */
const LIMIT_MS = 600_000;

/** In a process of its own, since a world takes the timers and clocks of the whole process. */
function simulation(...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (bytes: Buffer) => (output += bytes.toString());
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

const numberIn = (output: string, pattern: RegExp) => Number(pattern.exec(output)?.[1]);

describe('simulated worlds', () => {
  it(
    'break no rule: 200 fixed seeds and all that ever failed',
    async () => {
      const { code, output } = await simulation('--known');
      expect(output).toContain('no rule broken');
      expect(code).toBe(0);
      expect(numberIn(output, /(\d+) seeds\s*$/)).toBeGreaterThanOrEqual(200);
      expect(numberIn(output, /steps a seed: (\d+)/)).toBeGreaterThanOrEqual(300);
      expect(numberIn(output, /commands a seed: (\d+)/)).toBeGreaterThanOrEqual(40);
      expect(numberIn(output, /lived through twice, with the same steps: (\d+)/)).toBeGreaterThan(
        0,
      );
    },
    LIMIT_MS,
  );

  it(
    'show a bug that was put in on purpose, by its rule, its step and how to see it again',
    async () => {
      const mutant = ['--mutant', 'document-to-other-shop'];
      const { code, output } = await simulation('--seed', '2', ...mutant);
      expect(code).toBe(1);
      expect(output).toMatch(/^SEED=2 COMMIT=\w+ rule=tenant-isolation step=\d+$/m);
      expect(output).toContain('npm run sim -- --seed 2 --trace --mutant document-to-other-shop');
    },
    LIMIT_MS,
  );

  it('say what can be asked of them', async () => {
    const { code, output } = await simulation('--seed', 'x');
    expect(code).toBe(2);
    expect(output).toContain('expected --seed as a whole number');
    expect(output).toContain('npm run sim -- --seeds N');
  });
});
