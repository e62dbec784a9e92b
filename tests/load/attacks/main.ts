import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { ATTACKS } from './attacks.ts';
import { attackAll } from './campaign.ts';
import { FULL_SECONDS } from './lab.ts';
import { complaintsOf, tableOf } from './statistics.ts';

const BUILT = new URL('../../../dist', import.meta.url).pathname;
const USAGE =
  'npm run attacks -- [--seconds 60] [--only <attack>]... [--dist <folder or main.js>]\n' +
  `  --seconds: the longest of each; below ${FULL_SECONDS} the counts are less. Attacks: ` +
  ATTACKS.map(({ name }) => name).join(', ');

function optionsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: String(FULL_SECONDS) },
      only: { type: 'string', multiple: true },
      dist: { type: 'string', default: BUILT },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds <= FULL_SECONDS)) {
    throw new Error(`--seconds: expected 1 to ${FULL_SECONDS}, found ${values.seconds}\n${USAGE}`);
  }
  const { only } = values;
  const attacks = only ? ATTACKS.filter(({ name }) => only.includes(name)) : ATTACKS;
  if (attacks.length === 0) throw new Error(`--only: expected an attack\n${USAGE}`);
  const dist = resolve(values.dist);
  if (!existsSync(dist)) throw new Error(`--dist: expected a built server, found no ${dist}`);
  const main = statSync(dist).isDirectory() ? join(dist, 'main.js') : dist;
  return { seconds, attacks, main };
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  const rows = await attackAll({ ...options, report: (line) => console.error(line) });
  console.log(`\n${tableOf(rows)}\n`);
  const complaints = complaintsOf(rows);
  for (const complaint of complaints) console.log(`FAILED: ${complaint}`);
  if (complaints.length === 0) console.log(`the server survived ${rows.length} attacks`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}

await main();
