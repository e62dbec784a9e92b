import { parseArgs } from 'node:util';

import { soak } from './soak.ts';
import { complaintsOf, findingsOf, tableOf } from './verdict.ts';

const USAGE =
  'npm run soak -- [--minutes 10] [--rate 25] [--fill 20000] [--every 5] [--seed 1]\n' +
  '  --rate: things done in a second; --fill: orders before; --every: seconds between two looks';
/** As many as the server keeps at hand. */
const FILL = '20000';

function numbersOf(args: readonly string[]): Record<string, number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      rate: { type: 'string', default: '25' },
      fill: { type: 'string', default: FILL },
      every: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
    },
  });
  return Object.fromEntries(
    Object.entries(values).map(([name, text]) => {
      const value = Number(text);
      if (!(value >= 0)) throw new Error(`--${name}: expected a number, found ${text}\n${USAGE}`);
      return [name, value];
    }),
  );
}

async function main(): Promise<void> {
  const { minutes = 0, rate = 0, fill = 0, every = 0, seed = 0 } = numbersOf(process.argv.slice(2));
  const report = await soak({
    minutes,
    actionsPerSecond: rate,
    fill,
    sampleEveryMs: every * 1_000,
    seed,
    tell: (line) => console.log(line),
  });
  const findings = findingsOf(report.samples);
  console.log(
    `\n${tableOf(findings)}\n\n${report.requests} requests, ${report.samples.length} looks`,
  );
  const complaints = complaintsOf(findings);
  if (report.exitCode !== 0) complaints.push(`the server ended with ${report.exitCode}`);
  if (report.complaints !== '') complaints.push(`the server complained: ${report.complaints}`);
  for (const complaint of complaints) console.log(`FAILED: ${complaint}`);
  console.log(complaints.length === 0 ? 'nothing rises faster than it may' : '');
  process.exitCode = complaints.length === 0 ? 0 : 1;
}

await main();
