import type { Command } from 'commander';

import { CliError } from '../cli-error.ts';
import { clientOf, type ServerFlags, withServerFlags } from '../server-flags.ts';
import { listProcesses, operateProcess, type ProcessesOptions, showProcess } from './operations.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 10_000;

interface ListFlags extends ServerFlags {
  readonly process?: string;
  readonly status?: string;
  readonly limit: string;
}

/** `tillstream processes ...`: the processes of a shop with their steps, through the API. */
export function addProcessesCommands(program: Command, dataDir: string, port: string): Command {
  const processes = program
    .command('processes')
    .description('show and operate the processes of a shop, such as the fulfilment of orders');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    withServerFlags(
      processes.command(name, options).description(description),
      { dataDir, port },
      'a manager or operator',
    );

  add('list', 'list processes with their stage and age, the newest first', { isDefault: true })
    .option('--process <name>', 'only those of this process')
    .option('--status <status>', 'running, stuck or ended')
    .option('--limit <count>', 'maximum number to print', String(DEFAULT_LIMIT))
    .action(async ({ process, status, limit: text, ...flags }: ListFlags) => {
      const limit = Number(text);
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
        throw new CliError(`expected --limit from 1 to ${MAX_LIMIT}, found ${text}`);
      }
      await listProcesses(optionsOf(flags), { process, status }, limit);
    });

  add('show', 'show one process: what it waits for, its steps and timers, why it is stuck')
    .argument('<id>', 'id as `processes list` prints it')
    .action((id: string, flags: ServerFlags) => showProcess(optionsOf(flags), id));

  add('retry', 'try the open steps of a process again at once')
    .argument('<id>')
    .action((id: string, flags: ServerFlags) => operateProcess(optionsOf(flags), id, 'retry'));

  add('cancel', 'end a process, with everything put back')
    .argument('<id>')
    .action((id: string, flags: ServerFlags) => operateProcess(optionsOf(flags), id, 'cancel'));
  return processes;
}

function optionsOf(flags: ServerFlags): ProcessesOptions {
  return {
    client: clientOf(flags, 'manager'),
    json: flags.json,
    out: (text) => process.stdout.write(text),
    now: Date.now(),
  };
}
