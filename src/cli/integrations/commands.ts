import { setTimeout as sleep } from 'node:timers/promises';

import { type Command, Option } from 'commander';

import { CliError } from '../cli-error.ts';
import { clientOf, type LocalServer, type ServerFlags, withServerFlags } from '../server-flags.ts';
import { readTextFile } from '../text-file.ts';
import {
  authorizeIntegration,
  connectIntegration,
  disconnectIntegration,
  type IntegrationsOptions,
  listIntegrations,
  pauseIntegration,
  resumeIntegration,
  showCosts,
  showHealth,
  testIntegration,
} from './operations.ts';

interface ConnectFlags extends ServerFlags {
  readonly account: string;
  readonly environment: string;
  readonly tokenFile: string;
}

/** `tillstream integrations ...`: the connections of a shop with providers, through the API. */
export function addIntegrationsCommands(program: Command, local: LocalServer): void {
  const integrations = program
    .command('integrations')
    .description('connections with Square, QuickBooks Online and Mercado Pago');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    withServerFlags(
      integrations.command(name, options).description(description),
      local,
      'a manager',
    );

  add('list', 'list the connections with their status', { isDefault: true }).action(
    (flags: ServerFlags) => listIntegrations(optionsOf(flags)),
  );

  add('connect', 'connect with an access token, or replace it')
    .argument('<provider>', 'square, quickbooks or mercadopago')
    .requiredOption('--account <id>', 'merchant, company or user id at the provider')
    .addOption(
      new Option('--environment <name>', 'of the account')
        .choices(['production', 'sandbox'])
        .default('production'),
    )
    // Other users of the machine can read the arguments of a command.
    .requiredOption('--token-file <file>', 'file that holds the access token and nothing else')
    .action((provider: string, flags: ConnectFlags) => {
      const { account, environment, tokenFile, ...rest } = flags;
      const accessToken = tokenIn(tokenFile);
      return connectIntegration(optionsOf(rest), provider, { account, environment, accessToken });
    });

  add('authorize', 'connect by OAuth: prints the address to open, and waits for the end')
    .argument('<provider>', 'square, quickbooks or mercadopago')
    .addOption(
      new Option('--environment <name>', 'of the account')
        .choices(['production', 'sandbox'])
        .default('production'),
    )
    .action((provider: string, { environment, ...flags }: ServerFlags & { environment: string }) =>
      authorizeIntegration(optionsOf(flags), provider, environment, sleep),
    );

  add('test', 'ask the provider whether the token serves')
    .argument('<provider>')
    .action((provider: string, flags: ServerFlags) => testIntegration(optionsOf(flags), provider));

  add('health', 'show how well the exchange with providers goes')
    .argument('[provider]')
    .action((provider: string | undefined, flags: ServerFlags) =>
      showHealth(optionsOf(flags), provider),
    );

  add('costs', 'show the calls to providers in a month, and what they cost')
    .option('--period <YYYY-MM>', 'month in UTC; default the present one')
    .action(({ period, ...flags }: ServerFlags & { period?: string }) =>
      showCosts(optionsOf(flags), period),
    );

  add('pause', 'pause the exchange with a provider')
    .argument('<provider>')
    .requiredOption('--reason <text>', 'why, for the others')
    .action((provider: string, { reason, ...flags }: ServerFlags & { reason: string }) =>
      pauseIntegration(optionsOf(flags), provider, reason),
    );

  add('resume', 'end the pause')
    .argument('<provider>')
    .action((provider: string, flags: ServerFlags) =>
      resumeIntegration(optionsOf(flags), provider),
    );

  add('disconnect', 'end the connection, and remove its token from this server')
    .argument('<provider>')
    .action((provider: string, flags: ServerFlags) =>
      disconnectIntegration(optionsOf(flags), provider),
    );
}

/** @throws CliError when the file cannot be read or is empty. */
function tokenIn(path: string): string {
  let text: string;
  try {
    text = readTextFile(path).trim();
  } catch (error) {
    throw new CliError(`cannot read the token in ${path}: ${String(error)}`);
  }
  if (text === '') throw new CliError(`expected an access token in ${path}, found an empty file`);
  return text;
}

function optionsOf(flags: ServerFlags): IntegrationsOptions {
  return {
    client: clientOf(flags, 'manager'),
    json: flags.json,
    out: (text) => process.stdout.write(text),
  };
}
