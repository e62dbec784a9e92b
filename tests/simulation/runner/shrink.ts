import type { Report } from '../simulate.ts';
import type { FaultName } from '../world/weather.ts';
import type { Less } from './arguments.ts';
import { type Job, weatherFor } from './job.ts';

/** A failure with as little around it as it still shows in. */
export interface Shrunk {
  readonly less: Less;
  readonly report: Report;
}

/** Takes away what a failure does not need: faults one by one, then people and what they do. */
export async function shrink(
  job: Job,
  first: Report,
  run: (job: Job) => Promise<Report>,
): Promise<Shrunk> {
  let found: Shrunk = { less: job.less ?? {}, report: first };

  async function without(change: Less): Promise<boolean> {
    const less = { ...found.less, ...change };
    const report = await run({ ...job, less });
    if (report.failure?.rule !== first.failure?.rule) return false;
    found = { less, report };
    return true;
  }

  const { faults } = weatherFor(job);
  for (const [name, strength] of Object.entries(faults) as [FaultName, number][]) {
    if (strength > 0) await without({ without: [...(found.less.without ?? []), name] });
  }
  const weather = weatherFor(job);
  for (const [field, whole] of [
    ['nodes', weather.nodes],
    ['clients', weather.clients],
    ['commands', weather.commandsPerClient],
  ] as const) {
    for (let least = 0, most = whole; most - least > 1;) {
      const middle = Math.floor((least + most) / 2);
      if (await without({ [field]: middle })) most = middle;
      else least = middle;
    }
  }
  return found;
}
