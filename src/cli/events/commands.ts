import type { Command } from 'commander';

import { omitUndefined } from '../../lib/omit-undefined.ts';
import { CliError } from '../cli-error.ts';
import { clientOf, type ServerFlags, withServerFlags } from '../server-flags.ts';
import {
  type EventsOptions,
  listEvents,
  showChanges,
  showEvent,
  showSystemEvent,
} from './history.ts';

const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 1_000_000;

interface ListFlags extends ServerFlags {
  readonly limit: string;
  readonly newest: boolean;
  readonly system?: boolean;
  readonly [filter: string]: unknown;
}

/** Filters of `GET /history`, by flag. */
const FILTERS = {
  stream: 'only this stream, such as order-<store>.<order>',
  entity: 'only the order or customer with this id',
  type: 'only this type of event, such as OrderPlaced',
  actor: 'only events by this key, process or person',
  device: 'only events from this device',
  correlation: 'only events caused by the request with this X-Correlation-Id',
  from: 'only events recorded at or after this time (RFC 3339)',
  to: 'only events recorded at or before this time (RFC 3339)',
  after: 'only events after this position',
} as const;

const SYSTEM_FILTERS: readonly string[] = ['type', 'projection'];

/** `tillstream events ...`: the history of a shop, read from its server. */
export function addEventsCommands(program: Command, dataDir: string, port: string): Command {
  const events = program.command('events').description('read the events of a shop');
  const withServerOptions = (command: Command) =>
    withServerFlags(command, { dataDir, port }, 'a manager or operator');

  const list = events.command('list', { isDefault: true }).description('list events in log order');
  for (const [name, text] of Object.entries(FILTERS)) list.option(`--${name} <${name}>`, text);
  withServerOptions(list)
    .option('--newest', 'the newest first', false)
    .option('--system', 'events of the system: skips, gaps, rebuilds; with the key of an operator')
    .option('--projection <projection>', 'with --system: only those of this read model')
    .option('--limit <count>', 'maximum number of events to print', String(DEFAULT_LIMIT))
    .action(async (flags: ListFlags) => {
      const limit = Number(flags.limit);
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
        throw new CliError(`expected --limit from 1 to ${MAX_LIMIT}, found ${flags.limit}`);
      }
      const given = [...Object.keys(FILTERS), 'projection'].flatMap((name) => {
        const value = flags[name];
        return typeof value === 'string' ? [[name, value] as const] : [];
      });
      const filters = { ...Object.fromEntries(given), ...(flags.newest && { order: 'newest' }) };
      if (flags.system !== true) {
        await listEvents(optionsOf(flags), filters, limit);
        return;
      }
      const unknown = given.map(([name]) => name).find((name) => !SYSTEM_FILTERS.includes(name));
      if (unknown !== undefined) throw new CliError(`expected no --${unknown} with --system`);
      await listEvents(optionsOf(flags, 'operator'), filters, limit, '/history/system');
    });

  withServerOptions(events.command('show'))
    .description('show one event with its causes and effects')
    .argument('<position>', 'the first column of `events list`; with --system also an event id')
    .option('--system', 'an event of the system; with the key of an operator', false)
    .action(async (position: string, flags: ServerFlags & { readonly system: boolean }) => {
      if (flags.system) await showSystemEvent(optionsOf(flags, 'operator'), position);
      else await showEvent(optionsOf(flags), position);
    });

  withServerOptions(events.command('changes'))
    .description('describe what changed in an order or account between two moments')
    .argument('<kind>', 'order or customer')
    .argument('<id>', 'id of the order or customer')
    .option('--from <moment>', 'a revision or a time; the revision before --to when absent')
    .option('--to <moment>', 'a revision or a time; now when absent')
    .action(async (kind: string, id: string, flags: ServerFlags & Record<string, unknown>) => {
      const { from, to } = flags as { from?: string; to?: string };
      await showChanges(optionsOf(flags), kind, id, omitUndefined({ from, to }));
    });
  return events;
}

function optionsOf(flags: ServerFlags, role: 'manager' | 'operator' = 'manager'): EventsOptions {
  return {
    client: clientOf(flags, role),
    json: flags.json,
    out: (text) => process.stdout.write(text),
  };
}
