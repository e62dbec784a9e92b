import type { Command } from 'commander';

import { clientOf, type ServerFlags, withServerFlags } from '../server-flags.ts';
import { type ConflictOptions, listConflicts, resolveConflict, showConflict } from './conflicts.ts';

/** `tillstream conflicts ...`: what people wrote without knowing of each other, through the API. */
export function addConflictsCommands(program: Command, dataDir: string, port: string): void {
  const conflicts = program
    .command('conflicts')
    .description('versions that people wrote without knowing of each other');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    withServerFlags(
      conflicts.command(name, options).description(description),
      { dataDir, port },
      'a manager',
    );

  add('list', 'list the conflicts in which a person has to choose', { isDefault: true })
    .option('--all', 'also those that are settled', false)
    .action(async ({ all, ...flags }: ServerFlags & { readonly all: boolean }) => {
      await listConflicts(optionsOf(flags), { all });
    });
  add('show', 'show a conflict with both versions')
    .argument('<conflict>', 'id of the conflict')
    .action(async (conflictId: string, flags: ServerFlags) => {
      await showConflict(optionsOf(flags), conflictId);
    });
  add('resolve', 'choose which version counts; it can be chosen again')
    .argument('<conflict>', 'id of the conflict')
    .argument('<fact>', 'id of the fact whose version counts')
    .option('--reason <text>', 'recorded with the choice')
    .action(
      async (
        conflictId: string,
        factId: string,
        { reason, ...flags }: ServerFlags & { readonly reason?: string },
      ) => {
        await resolveConflict(optionsOf(flags), { conflictId, factId, reason });
      },
    );
}

function optionsOf(flags: ServerFlags): ConflictOptions {
  return {
    client: clientOf(flags, 'manager'),
    json: flags.json,
    out: (text) => process.stdout.write(text),
  };
}
