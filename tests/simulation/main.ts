import { randomInt } from 'node:crypto';

import { type Arguments, readArguments, USAGE } from './runner/arguments.ts';
import { commandFor, summaryOf } from './runner/failure.ts';
import { carryOut, type Job, weatherFor } from './runner/job.ts';
import { knownSeeds } from './runner/known-seeds.ts';
import { runMany } from './runner/many.ts';
import { runMutants } from './runner/mutants.ts';

const print = (text: string) => console.log(text);

async function one(job: Job, trace: boolean): Promise<number> {
  if (trace) print(JSON.stringify(weatherFor(job), undefined, 2));
  const report = await carryOut(job, trace ? print : undefined);
  print(summaryOf(report));
  if (report.failure && !trace) print(`to see it again: ${commandFor(job)}`);
  return report.failure ? 1 : 0;
}

/** Seeds one after the other, so many or until the time is over. */
function series({ seeds, minutes, from }: Arguments): () => number | undefined {
  const first = from ?? randomInt(1_000_000_000);
  const most = seeds ?? (minutes === undefined ? 1_000 : Infinity);
  const until = minutes === undefined ? Infinity : performance.now() + minutes * 60_000;
  let given = 0;
  print(`seeds from ${first}`);
  return () => {
    if (given >= most || performance.now() >= until) return undefined;
    return first + given++;
  };
}

async function run(args: Arguments): Promise<number> {
  const { seed, mutant, less, trace } = args;
  if (seed !== undefined) return one({ seed, less, ...(mutant && { mutant }) }, trace);
  if (args.mutants) return runMutants(mutant, args.from ?? 1, print);
  if (!args.known) return runMany({ next: series(args), keep: true, print });
  const known = [...knownSeeds()];
  return runMany({ next: () => known.shift(), keep: false, print });
}

try {
  process.exitCode = (await run(readArguments(process.argv.slice(2)))) === 0 ? 0 : 1;
} catch (error) {
  print(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
