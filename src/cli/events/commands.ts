import { join } from 'node:path';

import type { Command } from 'commander';

import { createApiClient } from '../api-client.ts';
import { readKeyFile } from '../api-key.ts';
import { CliError } from '../cli-error.ts';
import { listEvents, showChanges, showEvent, type EventsOptions } from './history.ts';

const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 1_000_000;

interface ServerFlags {
  readonly url: string;
  readonly key?: string;
  readonly keyFile: string;
  readonly json: boolean;
}

interface ListFlags extends ServerFlags {
  readonly limit: string;
  readonly [filter: string]: unknown;
}

/** Filters of `GET /history` by the flag that gives them. */
const FILTERS = {
  stream: 'only this stream, such as order-<store>.<order>',
  entity: 'only the order or customer with this id',
  type: 'only this type of event, such as OrderPlaced',
  actor: 'only what this key, process or person did',
  device: 'only what came from this device',
  correlation: 'only what came of the request with this X-Correlation-Id',
  from: 'only what was recorded at this time or later (RFC 3339)',
  to: 'only what was recorded at this time or earlier (RFC 3339)',
  after: 'only what stands behind this position',
} as const;

/** `tillstream events ...`: the history of a shop, asked of its server. */
export function addEventsCommands(program: Command, dataDir: string, port: string): Command {
  const events = program.command('events').description('read what happened in a shop');
  const ofServer = (command: Command) =>
    command
      .option('--url <url>', 'address of the server', `http://127.0.0.1:${port}`)
      .option('--key <key>', 'API key of a manager or operator')
      .option('--key-file <file>', 'file with the key', join(dataDir, 'api-key.txt'))
      .option('--json', 'print JSON', false);

  const list = events.command('list', { isDefault: true }).description('events in their order');
  for (const [name, text] of Object.entries(FILTERS)) list.option(`--${name} <${name}>`, text);
  ofServer(list)
    .option('--limit <count>', 'print at most so many', String(DEFAULT_LIMIT))
    .action(async (flags: ListFlags) => {
      const limit = Number(flags.limit);
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
        throw new CliError(`expected --limit from 1 to ${MAX_LIMIT}, found ${flags.limit}`);
      }
      const given = Object.keys(FILTERS).flatMap((name) => {
        const value = flags[name];
        return typeof value === 'string' ? [[name, value] as const] : [];
      });
      await listEvents(optionsOf(flags), Object.fromEntries(given), limit);
    });

  ofServer(events.command('show'))
    .description('one event with what led to it and what came of it')
    .argument('<position>', 'as `events list` prints it first')
    .action(async (position: string, flags: ServerFlags) => {
      await showEvent(optionsOf(flags), position);
    });

  ofServer(events.command('changes'))
    .description('what changed in an order or account between two moments, in words')
    .argument('<kind>', 'order or customer')
    .argument('<id>', 'its id')
    .option('--from <moment>', 'a revision or a time; the revision before --to when absent')
    .option('--to <moment>', 'a revision or a time; now when absent')
    .action(async (kind: string, id: string, flags: ServerFlags & Record<string, unknown>) => {
      const { from, to } = flags as { from?: string; to?: string };
      const moments = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
      await showChanges(optionsOf(flags), kind, id, moments);
    });
  return events;
}

function optionsOf({ url, key, keyFile, json }: ServerFlags): EventsOptions {
  return {
    client: createApiClient(url, key ?? readKeyFile(keyFile, 'manager')),
    json,
    out: (text) => process.stdout.write(text),
  };
}
