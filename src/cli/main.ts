#!/usr/bin/env node
import { readFileSync } from 'node:fs';

import { Command } from 'commander';

import { environment } from '../config.ts';
import type { Maintenance } from '../maintenance/operations.ts';
import { addAlertsCommands } from './alerts/commands.ts';
import { addApiKeysCommands } from './api-keys/commands.ts';
import { addAuditCommands } from './audit/commands.ts';
import { addCatalogCommands } from './catalog/commands.ts';
import { addConflictsCommands } from './conflicts/commands.ts';
import { addDeliveriesCommands } from './deliveries/commands.ts';
import { runDemo } from './demo/demo.ts';
import { addDevicesCommands } from './devices/commands.ts';
import { runDoctor } from './doctor.ts';
import { addEncryptionCommands } from './encryption.ts';
import { addEventsCommands } from './events/commands.ts';
import { endQuietlyOnClosedPipe, failureText, reportArgumentErrors } from './failure.ts';
import { addFiscalCommands } from './fiscal/commands.ts';
import { importOrders } from './import-orders.ts';
import { addIntegrationsCommands } from './integrations/commands.ts';
import { addProcessesCommands } from './processes/commands.ts';
import { addProjectionsCommands } from './projections/commands.ts';
import { addReconcileCommands } from './reconcile/commands.ts';
import { clientOf, type ServerFlags, withServerFlags } from './server-flags.ts';
import { addShopsCommands } from './shops/commands.ts';
import { addTransferCommands } from './transfer/commands.ts';
import { addWebhooksCommands } from './webhooks/commands.ts';

/** The built server beside this file. */
const SERVER = new URL('../main.js', import.meta.url);

const PACKAGE = new URL('../../package.json', import.meta.url);

const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
const jsonWanted = process.argv.includes('--json');
let serving = false;
endQuietlyOnClosedPipe(() => serving);

const { DATA_DIR: dataDir = './data', PORT: port = '8080' } = environment();

const program = new Command('tillstream')
  .description('Event-sourced CQRS engine for shops and restaurants')
  .version(version)
  // `--version` of a command is its own.
  .enablePositionalOptions()
  .showHelpAfterError();

program
  .command('serve')
  .description('serve the API; settings come from the environment (docs/reference/config.md)')
  .action(async () => {
    serving = true;
    await import(SERVER.href);
  });

program
  .command('demo')
  .description("start a server, play a shop's morning through its API and keep serving")
  .action(async () => {
    serving = true;
    process.exitCode = await runDemo(dataDir);
  });

const importing = program.command('import').description('import data from other systems');
withServerFlags(importing.command('orders'), { dataDir, port }, 'a manager or operator')
  .description('import orders as returned by the Square API')
  .argument('<file>', 'JSON: a list of orders, or a response with "orders" or "order"')
  .action(async (file: string, flags: ServerFlags) => {
    process.exitCode = await importOrders({
      file,
      client: clientOf(flags, 'manager'),
      json: flags.json,
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      terminal: process.stderr.isTTY,
    });
  });

addCatalogCommands(program, importing, { dataDir, port });

/** Loaded only by the commands that need it, because it imports the storage adapters. */
async function loadMaintenance(): Promise<Maintenance> {
  const { createMaintenance } = await import('../maintenance/maintenance.ts');
  return createMaintenance(environment());
}

addAlertsCommands(program, dataDir, port);
addConflictsCommands(program, dataDir, port);
addDevicesCommands(program, dataDir, port);
addFiscalCommands(program, dataDir, port);
const events = addEventsCommands(program, dataDir, port);
addAuditCommands(program, dataDir, port);
addTransferCommands(program, events, loadMaintenance);

program
  .command('doctor')
  .description('check everything that the system depends on, and say what to do')
  .option('--json', 'print the findings as JSON', false)
  .action(async ({ json }: { readonly json: boolean }) => {
    const out = (text: string) => process.stdout.write(text);
    process.exitCode = await runDoctor(await loadMaintenance(), { json, out });
    // Clients of servers that do not respond keep sockets open.
    process.stdout.write('', () => process.exit());
  });
addProjectionsCommands(program, dataDir, port);
addProcessesCommands(program, dataDir, port);
addDeliveriesCommands(program, dataDir, port);
addEncryptionCommands(program, dataDir, port);
addApiKeysCommands(program, { dataDir, port });
addIntegrationsCommands(program, { dataDir, port });
addWebhooksCommands(program, dataDir, port);
addReconcileCommands(program, { dataDir, port });

addShopsCommands(program, { loadMaintenance, out: (text) => process.stdout.write(text) });
reportArgumentErrors(program, jsonWanted);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(failureText(error, jsonWanted));
  process.exitCode = 1;
});
