import type { Command } from 'commander';

import { clientOf, type ServerFlags, withServerFlags } from '../server-flags.ts';
import { type AlertOptions, type AlertScope, changeAlert, listAlerts } from './alerts.ts';

interface ListFlags extends ServerFlags {
  readonly scope: AlertScope;
  readonly all: boolean;
}

interface ChangeFlags extends ServerFlags {
  readonly shop: boolean;
  readonly note?: string;
}

/** `tillstream alerts ...`: what needs a person, through the API. */
export function addAlertsCommands(program: Command, dataDir: string, port: string): void {
  const alerts = program.command('alerts').description('alerts of a running server');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    withServerFlags(
      alerts.command(name, options).description(description),
      { dataDir, port },
      'an operator',
    );

  add('list', 'list the alerts that are not resolved', { isDefault: true })
    .option('--scope <scope>', 'shop, system or all', 'all')
    .option('--all', 'also those that are resolved', false)
    .action(async ({ scope, all, ...flags }: ListFlags) => {
      await listAlerts(optionsOf(flags), { scope, all });
    });

  for (const [operation, text] of [
    ['acknowledge', 'take care of an alert: it is not escalated any further'],
    ['resolve', 'close an alert; it is raised again if its condition lasts'],
  ] as const) {
    add(operation, text)
      .argument('<alert>', 'id of the alert')
      .option('--shop', "an alert of the key's shop, not of the installation", false)
      .option('--note <text>', 'recorded with it')
      .action(async (alertId: string, { shop, note, ...flags }: ChangeFlags) => {
        const scope = shop ? 'shop' : 'system';
        await changeAlert(optionsOf(flags), { alertId, operation, scope, note });
      });
  }
}

function optionsOf(flags: ServerFlags): AlertOptions {
  return {
    client: clientOf(flags, 'operator'),
    json: flags.json,
    out: (text) => process.stdout.write(text),
  };
}
