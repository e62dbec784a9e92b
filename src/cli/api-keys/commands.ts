import { type Command, Option } from 'commander';

import { USER_ROLES } from '../../domain/kernel/shop.ts';
import { CliError } from '../cli-error.ts';
import { clientOf, type LocalServer, type ServerFlags, withServerFlags } from '../server-flags.ts';
import {
  addApiKey,
  type ApiKeysOptions,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
} from './operations.ts';

interface AddFlags extends ServerFlags {
  readonly role: string;
  readonly branch?: string;
  readonly scopes?: string;
  readonly expiresAt?: string;
}

/** `tillstream api-keys ...`: the keys of machines, with scopes and an end, through the API. */
export function addApiKeysCommands(program: Command, local: LocalServer): void {
  const keys = program
    .command('api-keys')
    .description('the keys of machines in a running server; `keys` has those of the shops file');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    withServerFlags(keys.command(name, options).description(description), local, 'an admin');

  add('list', 'list the keys with role, scopes and last use', { isDefault: true }).action(
    (flags: ServerFlags) => listApiKeys(optionsOf(flags)),
  );

  add('add', 'add a key and print it once')
    .argument('<name>', 'names it for people, such as "accounting export"')
    .addOption(
      new Option('--role <role>', 'what it may do').choices(USER_ROLES).makeOptionMandatory(),
    )
    .option('--scopes <list>', 'only these permissions of the role, as in orders:read,reports:read')
    .option('--branch <id>', 'only in this branch')
    .option('--expires-at <time>', 'valid until then, as in 2027-12-31T00:00:00Z')
    .action((name: string, { role, branch, scopes, expiresAt, ...flags }: AddFlags) =>
      addApiKey(optionsOf(flags), {
        name,
        role,
        branchId: branch,
        scopes: scopes?.split(',').map((scope) => scope.trim()),
        expiresAt,
      }),
    );

  add('rotate', 'give a key another secret and print it once; both are valid for a while')
    .argument('<id>')
    .option('--overlap-hours <hours>', 'hours for which the secret before stays valid', '24')
    .action(
      (id: string, { overlapHours: text, ...flags }: ServerFlags & { overlapHours: string }) => {
        const overlapHours = Number(text);
        if (text.trim() === '' || !Number.isInteger(overlapHours)) {
          throw new CliError(`expected --overlap-hours as a whole number, found ${text}`);
        }
        return rotateApiKey(optionsOf(flags), id, overlapHours);
      },
    );

  add('revoke', 'revoke a key; it is not valid any more within a second')
    .argument('<id>')
    .action((id: string, flags: ServerFlags) => revokeApiKey(optionsOf(flags), id));
}

function optionsOf(flags: ServerFlags): ApiKeysOptions {
  return {
    client: clientOf(flags, 'admin'),
    json: flags.json,
    out: (text) => process.stdout.write(text),
  };
}
