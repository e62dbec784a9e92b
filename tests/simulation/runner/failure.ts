import { execFileSync } from 'node:child_process';

import type { Report } from '../simulate.ts';
import { wordsFor } from './arguments.ts';
import type { Job } from './job.ts';
import { shrink } from './shrink.ts';

const TRACE_LINES = 40;

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown'; // It is no clone.
  }
}

export function commandFor({ seed, mutant, less = {} }: Job): string {
  const words = [`--seed ${seed}`, '--trace', mutant ? `--mutant ${mutant}` : '', wordsFor(less)];
  return `npm run sim -- ${words.filter((word) => word !== '').join(' ')}`;
}

export function summaryOf({ seed, failure, steps, commands }: Report): string {
  if (!failure) return `seed ${seed}: ${steps} steps, ${commands} commands, no rule broken`;
  const { rule, step, message } = failure;
  return `SEED=${seed} COMMIT=${commit()} rule=${rule} step=${step}\n  ${message}`;
}

/** All that is needed to understand a failure, and the least world that still shows it. */
export async function tellFailure(
  job: Job,
  report: Report,
  run: (job: Job) => Promise<Report>,
): Promise<string> {
  const small = await shrink(job, report, run);
  const smallJob = { ...job, less: small.less };
  return [
    '',
    summaryOf(report),
    ...report.trace.slice(-TRACE_LINES),
    `to see it again: ${commandFor(job)}`,
    `and with less:   ${commandFor(smallJob)}`,
    `                 (step ${small.report.failure?.step ?? 0})`,
  ].join('\n');
}
