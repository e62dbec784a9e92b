import type { Report } from '../simulate.ts';
import { tellFailure } from './failure.ts';
import type { Job } from './job.ts';
import { keepSeed } from './known-seeds.ts';
import { createPool } from './pool.ts';

/** After so many failures no more seeds are tried. */
const MOST_FAILURES = 5;
/** One seed of so many is lived through twice. */
const TWICE_EVERY = 100;

export interface ManyOptions {
  /** The next seed, until there is none. */
  readonly next: () => number | undefined;
  /** Whether seeds that fail are written down. */
  readonly keep: boolean;
  readonly print: (text: string) => void;
}

interface Sums {
  seeds: number;
  steps: number;
  commands: number;
  fewestSteps: number;
  fewestCommands: number;
  twice: number;
}

/** Lives through many worlds on all cores. @returns how many of them broke a rule. */
export async function runMany({ next, keep, print }: ManyOptions): Promise<number> {
  const pool = await createPool();
  const begun = performance.now();
  const sums: Sums = {
    ...{ seeds: 0, steps: 0, commands: 0, twice: 0 },
    ...{ fewestSteps: Infinity, fewestCommands: Infinity },
  };
  const failures: { job: Job; report: Report }[] = [];

  async function lane(): Promise<void> {
    for (let seed = next(); seed !== undefined; seed = next()) {
      if (failures.length >= MOST_FAILURES) return;
      const job = { seed };
      const number = sums.seeds++;
      const report = await pool.run(job);
      add(sums, report);
      if (report.failure) failures.push({ job, report });
      else if (number % TWICE_EVERY === 0) await again(job, report);
    }
  }

  async function again(job: Job, { hash, steps }: Report): Promise<void> {
    const report = await pool.run(job);
    sums.twice += 1;
    if (report.hash === hash && report.steps === steps) return;
    const message = `lived through twice, it took ${steps} and then ${report.steps} steps`;
    const failure = { rule: 'deterministic', message, step: steps };
    failures.push({ job, report: { ...report, failure } });
  }

  await Promise.all(Array.from({ length: pool.size }, lane));
  const seconds = (performance.now() - begun) / 1_000;
  for (const { job, report } of failures) {
    print(await tellFailure(job, report, (each) => pool.run(each)));
    const { rule, message } = report.failure ?? { rule: '', message: '' };
    if (keep) keepSeed({ seed: job.seed, rule, showed: message.slice(0, 200) });
  }
  pool.close();
  print(inWords(sums, seconds, pool.size, failures.length));
  return failures.length;
}

function add(sums: Sums, { steps, commands, failure }: Report): void {
  sums.steps += steps;
  sums.commands += commands;
  if (failure) return;
  sums.fewestSteps = Math.min(sums.fewestSteps, steps);
  sums.fewestCommands = Math.min(sums.fewestCommands, commands);
}

function inWords(sums: Sums, seconds: number, workers: number, failed: number): string {
  const { seeds, steps, commands, fewestSteps, fewestCommands, twice } = sums;
  const mean = (sum: number) => Math.round(sum / Math.max(1, seeds));
  const aMinute = Math.round((seeds + twice) / (seconds / 60));
  return [
    '',
    `steps a seed: ${mean(steps)} on average, ${fewestSteps} at least`,
    `commands a seed: ${mean(commands)} on average, ${fewestCommands} at least`,
    `lived through twice, with the same steps: ${twice}`,
    `${aMinute} seeds a minute in ${workers} processes, ${seconds.toFixed(1)} s`,
    failed === 0 ? 'no rule broken' : `${failed} failed`,
    `${seeds} seeds`,
  ].join('\n');
}
