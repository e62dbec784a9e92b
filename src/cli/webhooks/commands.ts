import type { Command } from 'commander';

import { CliError } from '../cli-error.ts';
import { clientOf, type ServerFlags, withServerFlags } from '../server-flags.ts';
import { listWebhooks, retryWebhook, showWebhook, type WebhooksOptions } from './operations.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 10_000;

interface ListFlags extends ServerFlags {
  readonly status?: string;
  readonly provider?: string;
  readonly event?: string;
  readonly entity?: string;
  readonly limit: string;
}

/** `tillstream webhooks ...`: what providers reported, and what became of it. */
export function addWebhooksCommands(program: Command, dataDir: string, port: string): void {
  const webhooks = program
    .command('webhooks')
    .description('show what providers reported, and what became of it');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    withServerFlags(
      webhooks.command(name, options).description(description),
      { dataDir, port },
      'a manager',
    );

  add('list', 'list webhooks, the newest first', { isDefault: true })
    .option('--status <status>', 'received, waiting, processed, parked or ignored')
    .option('--provider <provider>', 'only those of this provider')
    .option('--event <id>', 'the one with this event id at the provider')
    .option('--entity <id>', 'only those about this entity at the provider')
    .option('--limit <count>', 'maximum number to print', String(DEFAULT_LIMIT))
    .action(async ({ status, provider, event, entity, limit: text, ...flags }: ListFlags) => {
      const limit = Number(text);
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
        throw new CliError(`expected --limit from 1 to ${MAX_LIMIT}, found ${text}`);
      }
      const filters = { status, provider, eventId: event, entityId: entity };
      await listWebhooks(optionsOf(flags), filters, limit);
    });

  add('show', 'show what became of one webhook')
    .argument('<id>', 'id as `webhooks list` prints it')
    .action((id: string, flags: ServerFlags) => showWebhook(optionsOf(flags), id));

  add('retry', 'carry a parked webhook out again')
    .argument('<id>')
    .action((id: string, flags: ServerFlags) => retryWebhook(optionsOf(flags), id));
}

function optionsOf(flags: ServerFlags): WebhooksOptions {
  return {
    client: clientOf(flags, 'manager'),
    json: flags.json,
    out: (text) => process.stdout.write(text),
  };
}
