#!/usr/bin/env node
import { join } from 'node:path';

import { Command } from 'commander';

import { ConfigError, environment } from '../config.ts';
import { TillstreamError } from '../domain/kernel/errors.ts';
import { describeFileError } from '../maintenance/file-error.ts';
import { MaintenanceError } from '../maintenance/maintenance-error.ts';
import { createApiClient, ServerError } from './api-client.ts';
import { readKeyFile } from './api-key.ts';
import { runDemo } from './demo/demo.ts';
import { runDoctor } from './doctor.ts';
import { addEventsCommands } from './events/commands.ts';
import { CliError } from './cli-error.ts';
import { importOrders } from './import-orders.ts';
import type { Maintenance } from '../maintenance/operations.ts';
import { addTransferCommands } from './transfer/commands.ts';
import { addProjectionsCommands } from './projections/commands.ts';

/** The built server beside this file. */
const SERVER = new URL('../main.js', import.meta.url);

const { DATA_DIR: dataDir = './data', PORT: port = '8080' } = environment();

interface ImportFlags {
  readonly url: string;
  readonly key?: string;
  readonly keyFile: string;
  readonly json: boolean;
}

const program = new Command('tillstream')
  .description('Event-sourced CQRS engine for shops and restaurants')
  .showHelpAfterError();

program
  .command('serve')
  .description('serve the API; settings come from the environment (docs/reference/config.md)')
  .action(async () => {
    await import(SERVER.href);
  });

program
  .command('demo')
  .description("start a server, play a shop's morning through its API and keep serving")
  .action(async () => {
    process.exitCode = await runDemo(dataDir);
  });

program
  .command('import')
  .description('import data from other systems')
  .command('orders')
  .description('import orders as returned by the Square API')
  .argument('<file>', 'JSON: a list of orders, or a response with "orders" or "order"')
  .option('--url <url>', 'address of the server', `http://127.0.0.1:${port}`)
  .option('--key <key>', 'API key of a manager or operator')
  .option('--key-file <file>', 'file with the key', join(dataDir, 'api-key.txt'))
  .option('--json', 'print the report as JSON', false)
  .action(async (file: string, { url, key, keyFile, json }: ImportFlags) => {
    process.exitCode = await importOrders({
      file,
      client: createApiClient(url, key ?? readKeyFile(keyFile, 'manager')),
      json,
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      terminal: process.stderr.isTTY,
    });
  });

/** Loaded only by the commands that need it, because it imports the storage adapters. */
async function loadMaintenance(): Promise<Maintenance> {
  const { createMaintenance } = await import('../maintenance/maintenance.ts');
  return createMaintenance(environment());
}

const events = addEventsCommands(program, dataDir, port);
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

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${messageFor(error)}\n`);
  process.exitCode = 1;
});

/** The message for the operator. Other errors are bugs and shown with their stack. */
function messageFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isExpected(error)) return error.message;
  return describeFileError(error) ?? error.stack ?? error.message;
}

function isExpected(error: Error): boolean {
  if (error instanceof CliError || error instanceof MaintenanceError) return true;
  if (error instanceof ServerError || error instanceof ConfigError) return true;
  return error instanceof TillstreamError && error.kind === 'unavailable';
}
