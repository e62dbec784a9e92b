import { join } from 'node:path';

import type { Command } from 'commander';

import { environment } from '../../config.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { createApiClient } from '../api-client.ts';
import { findKey } from '../api-key.ts';
import { type AlertOptions, type AlertScope, changeAlert, listAlerts } from './alerts.ts';

interface ServerFlags {
  readonly url: string;
  readonly key?: string;
  readonly keyFile: string;
  readonly json: boolean;
}

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
    alerts
      .command(name, options)
      .description(description)
      .option('--url <url>', 'address of the server', `http://127.0.0.1:${port}`)
      .option('--key <key>', 'API key of an operator')
      .option('--key-file <file>', 'file with the key', join(dataDir, 'api-key.txt'))
      .option('--json', 'print JSON', false);

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

function optionsOf({ url, key, keyFile, json }: ServerFlags): AlertOptions {
  const found = findKey(omitUndefined({ key, keyFile }), 'operator', environment());
  return {
    client: createApiClient(url, found),
    json,
    out: (text) => process.stdout.write(text),
  };
}
