import type { Command } from 'commander';

import { CliError } from '../cli-error.ts';
import { clientOf, type ServerFlags, withServerFlags } from '../server-flags.ts';
import { readTextFile } from '../text-file.ts';
import { editDelivery } from './edit.ts';
import {
  cancelDelivery,
  type DeliveriesOptions,
  listDeliveries,
  retryDelivery,
  showDelivery,
} from './operations.ts';
import { retrySince } from './retry-since.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 10_000;

interface Flags extends ServerFlags {
  readonly system: boolean;
}

interface ListFlags extends Flags {
  readonly state?: string;
  readonly channel?: string;
  readonly person?: string;
  readonly limit: string;
}

interface RetryFlags extends Flags {
  readonly since?: string;
}

interface EditFlags extends Flags {
  readonly recipient?: string;
  readonly subject?: string;
  readonly textFile?: string;
}

/** `tillstream deliveries ...`: the messages of a shop with their attempts, through the API. */
export function addDeliveriesCommands(program: Command, dataDir: string, port: string): void {
  const deliveries = program
    .command('deliveries')
    .description('show and operate the messages that leave a shop');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    withServerFlags(
      deliveries.command(name, options).description(description),
      { dataDir, port },
      'a manager or operator',
    ).option('--system', 'those about the installation; with the key of an operator', false);

  add('list', 'list messages with their state, the newest first', { isDefault: true })
    .option('--state <state>', 'waiting, sending, succeeded, parked or cancelled')
    .option('--channel <channel>', 'email, sms, audit, webhook, books or subscription')
    .option('--person <id>', 'only those to this person')
    .option('--limit <count>', 'maximum number to print', String(DEFAULT_LIMIT))
    .action(async ({ state, channel, person, limit: text, ...flags }: ListFlags) => {
      const limit = Number(text);
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
        throw new CliError(`expected --limit from 1 to ${MAX_LIMIT}, found ${text}`);
      }
      await listDeliveries(optionsOf(flags), { state, channel, personId: person }, limit);
    });

  add('show', 'show one message: its attempts, why it failed, what was reported of it')
    .argument('<id>', 'id as `deliveries list` prints it')
    .action((id: string, flags: Flags) => showDelivery(optionsOf(flags), id));

  add('retry', 'send a parked message again, or a waiting one at once')
    .argument('[id]', 'one message; or --since')
    .option('--since <time>', 'all that were parked at this time or later, the oldest first')
    .action((id: string | undefined, { since, ...flags }: RetryFlags) => {
      if ((id === undefined) === (since === undefined)) {
        throw new CliError('expected the id of a message or --since, and not both');
      }
      const options = optionsOf(flags);
      return since === undefined ? retryDelivery(options, id ?? '') : retrySince(options, since);
    });

  add('edit', 'correct a parked message and send it again')
    .argument('<id>')
    .option('--recipient <address>', 'the corrected address')
    .option('--subject <text>', 'the corrected subject of an e-mail')
    // Other users of the machine can read the arguments of a command.
    .option('--text-file <file>', 'file with the corrected text')
    .action((id: string, { recipient, subject, textFile, ...flags }: EditFlags) => {
      const text = textFile === undefined ? undefined : textIn(textFile);
      return editDelivery(optionsOf(flags), id, { recipient, subject, text });
    });

  add('cancel', 'send a waiting or parked message no more')
    .argument('<id>')
    .requiredOption('--reason <text>', 'why, recorded with it')
    .action((id: string, { reason, ...flags }: Flags & { readonly reason: string }) =>
      cancelDelivery(optionsOf(flags), id, reason),
    );
}

/** @throws CliError when the file cannot be read. */
function textIn(path: string): string {
  try {
    return readTextFile(path);
  } catch (error) {
    throw new CliError(`cannot read the text in ${path}: ${String(error)}`);
  }
}

function optionsOf(flags: Flags): DeliveriesOptions {
  const { system } = flags;
  return {
    client: clientOf(flags, system ? 'operator' : 'manager'),
    system,
    json: flags.json,
    out: (text) => process.stdout.write(text),
  };
}
