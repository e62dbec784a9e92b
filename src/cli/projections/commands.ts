import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Command } from 'commander';

import { createApiClient } from '../api-client.ts';
import { readKeyFile } from '../api-key.ts';
import { listProjections, order, type OperationOptions } from './operations.ts';
import { rebuildProjections } from './rebuild.ts';
import { checkProjections } from './verify.ts';

/** How often a rebuild is asked how far it is. */
const ASK_EVERY_MS = 500;

interface ServerFlags {
  readonly url: string;
  readonly key?: string;
  readonly keyFile: string;
  readonly json: boolean;
}

/** `tillstream projections ...`: what an operator can do about read models, through the API. */
export function addProjectionsCommands(program: Command, dataDir: string, port: string): Command {
  const projections = program
    .command('projections')
    .description('look after the read models of a running server');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    projections
      .command(name, options)
      .description(description)
      .option('--url <url>', 'address of the server', `http://127.0.0.1:${port}`)
      .option('--key <key>', 'API key of an operator')
      .option('--key-file <file>', 'file with the key', join(dataDir, 'api-key.txt'))
      .option('--json', 'print JSON', false);

  add('list', 'each with its state, position, lag and last error', { isDefault: true }).action(
    async (flags: ServerFlags) => {
      await listProjections(optionsOf(flags));
    },
  );

  add('rebuild', 'build anew beside the one that answers, which goes on until the new is complete')
    .argument('<name>', 'of a read model, or all')
    .option('--version <n>', "refuse when the server's code is not at this version of it")
    .option('--reason <text>', 'is recorded in the log', 'ordered from the command line')
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

  add('cancel', 'give a rebuild up; what answers goes on as it is')
    .argument('<name>')
    .action(async (name: string, flags: ServerFlags) => {
      await order(optionsOf(flags), name, 'cancel-rebuild', undefined, 'rebuild given up');
    });

  for (const { name, heal, text } of [
    { name: 'verify', heal: false, text: 'compare the documents with the log, and change nothing' },
    {
      name: 'heal',
      heal: true,
      text: 'compare the documents with the log, and put right what differs',
    },
  ]) {
    add(name, text)
      .argument('[name]', 'of a read model; all when absent')
      .option('--sample <n>', 'look only at so many streams, drawn at random')
      .option('--document <key>', 'look only at this document, as a verify names it')
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

  add('retry', 'try a blocked one again')
    .argument('<name>')
    .action(async (name: string, flags: ServerFlags) => {
      await order(optionsOf(flags), name, 'retry', undefined, 'trying again');
    });

  add('skip', 'pass over the event that blocks one')
    .argument('<name>')
    .requiredOption('--event <id>', 'the event that blocks it, as `projections list` says')
    .requiredOption('--reason <text>', 'is recorded in the log')
    .action(async (name: string, flags: ServerFlags & { event: string; reason: string }) => {
      const { event: eventId, reason } = flags;
      await order(optionsOf(flags), name, 'skip', { eventId, reason }, `event ${eventId} skipped`);
    });

  add('pause', 'let one rest where it is, also over a restart')
    .argument('<name>')
    .requiredOption('--reason <text>', 'is recorded in the log')
    .action(async (name: string, flags: ServerFlags & { reason: string }) => {
      await order(optionsOf(flags), name, 'pause', { reason: flags.reason }, 'paused');
    });

  add('resume', 'let a paused one go on')
    .argument('<name>')
    .action(async (name: string, flags: ServerFlags) => {
      await order(optionsOf(flags), name, 'resume', undefined, 'going on');
    });
  return projections;
}

function optionsOf({ url, key, keyFile, json }: ServerFlags): OperationOptions {
  return {
    client: createApiClient(url, key ?? readKeyFile(keyFile, 'operator')),
    json,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    terminal: process.stderr.isTTY,
    now: () => performance.now(),
    pause: () => pause(ASK_EVERY_MS),
  };
}
