import { setTimeout as pause } from 'node:timers/promises';

import type { Command } from 'commander';

import { CliError } from '../cli-error.ts';
import { clientOf, type ServerFlags, withServerFlags } from '../server-flags.ts';
import { listProjections, type OperationOptions, runOperation, skipEvent } from './operations.ts';
import { rebuildProjections } from './rebuild.ts';
import { checkProjections } from './verify.ts';

/** Interval between two progress requests. */
const POLL_INTERVAL_MS = 500;

interface SkipFlags extends ServerFlags {
  readonly event: string;
  readonly reason: string;
  readonly all: boolean;
}

/** `tillstream projections ...`: operations on read models, through the API. */
export function addProjectionsCommands(program: Command, dataDir: string, port: string): Command {
  const projections = program
    .command('projections')
    .description('operate the read models of a running server');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    withServerFlags(
      projections.command(name, options).description(description),
      { dataDir, port },
      'an operator',
    );

  add('list', 'list the read models with state, position, lag and last error', {
    isDefault: true,
  }).action(async (flags: ServerFlags) => {
    await listProjections(optionsOf(flags));
  });

  add(
    'rebuild',
    'rebuild in the background; the current generation serves until the new one is complete',
  )
    .argument('<name>', 'name of a read model, or all')
    .option('--version <n>', "fail unless the server's code has this version of it")
    .option('--reason <text>', 'recorded in the log', 'ordered from the command line')
    .action(
      async (
        name: string,
        { version, reason, ...flags }: ServerFlags & { version?: string; reason: string },
      ) => {
        process.exitCode = await rebuildProjections(optionsOf(flags), {
          name,
          reason,
          version: version === undefined ? undefined : Number(version),
        });
      },
    );

  add('cancel', 'cancel a rebuild; the current generation keeps serving')
    .argument('<name>')
    .action(async (name: string, flags: ServerFlags) => {
      await runOperation(optionsOf(flags), name, 'cancel-rebuild', undefined, 'rebuild cancelled');
    });

  for (const { name, heal, text } of [
    {
      name: 'verify',
      heal: false,
      text: 'compare the documents with the log, without changing anything',
    },
    {
      name: 'heal',
      heal: true,
      text: 'compare the documents with the log, and repair the differences',
    },
  ]) {
    add(name, text)
      .argument('[name]', 'name of a read model; all when absent')
      .option('--sample <n>', 'compare only so many streams, chosen at random')
      .option('--document <key>', 'compare only this document; use the key that verify prints')
      .action(
        async (
          projection: string | undefined,
          flags: ServerFlags & { readonly sample?: string; readonly document?: string },
        ) => {
          const { sample, document } = flags;
          process.exitCode = await checkProjections(optionsOf(flags), {
            name: projection,
            heal,
            sample: sample === undefined ? undefined : Number(sample),
            key: document,
          });
        },
      );
  }

  add('retry', 'retry a blocked read model')
    .argument('<name>')
    .action(async (name: string, flags: ServerFlags) => {
      await runOperation(optionsOf(flags), name, 'retry', undefined, 'retrying');
    });

  add('skip', 'skip the event that blocks a read model')
    .argument('[name]', 'name of a read model; none with --all')
    .option('--all', 'skip it for every read model that it blocks', false)
    .requiredOption('--event <id>', 'the blocking event, as shown by `projections list`')
    .requiredOption('--reason <text>', 'recorded in the log')
    .action(async (name: string | undefined, flags: SkipFlags) => {
      const { event: eventId, reason, all } = flags;
      if (all === (name !== undefined)) {
        throw new CliError('expected the name of a read model, or --all for every blocked one');
      }
      await skipEvent(optionsOf(flags), name, { eventId, reason });
    });

  add('pause', 'pause a read model; it stays paused after a restart')
    .argument('<name>')
    .requiredOption('--reason <text>', 'recorded in the log')
    .action(async (name: string, flags: ServerFlags & { reason: string }) => {
      await runOperation(optionsOf(flags), name, 'pause', { reason: flags.reason }, 'paused');
    });

  add('resume', 'resume a paused read model')
    .argument('<name>')
    .action(async (name: string, flags: ServerFlags) => {
      await runOperation(optionsOf(flags), name, 'resume', undefined, 'resumed');
    });
  return projections;
}

function optionsOf(flags: ServerFlags): OperationOptions {
  return {
    client: clientOf(flags, 'operator'),
    json: flags.json,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    terminal: process.stderr.isTTY,
    now: () => performance.now(),
    pause: () => pause(POLL_INTERVAL_MS),
  };
}
