import type { Command } from 'commander';

import { clientOf, type ServerFlags, withServerFlags } from '../server-flags.ts';
import { printReport, type Reported } from './report.ts';

/** `tillstream fiscal ...`: numbered receipts, through the API. */
export function addFiscalCommands(program: Command, dataDir: string, port: string): void {
  const fiscal = program.command('fiscal').description('numbers of receipts');
  withServerFlags(
    fiscal
      .command('report')
      .description('write the report of a series for an inspector to stdout, as CSV'),
    { dataDir, port },
    'a manager',
  )
    .argument('<series>', 'id of the series')
    .option('--at <instant>', 'moment in UTC that it is about; default now')
    .option('--from <number>', 'the first number')
    .option('--to <number>', 'the last number')
    .action(
      (seriesId: string, { at, from, to, ...flags }: ServerFlags & Omit<Reported, 'seriesId'>) =>
        printReport(
          {
            client: clientOf(flags, 'manager'),
            out: (text) => process.stdout.write(text),
            now: () => new Date(),
          },
          { seriesId, at, from, to },
        ),
    );
}
