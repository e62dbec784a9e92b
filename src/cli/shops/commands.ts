import { type Command, Option } from 'commander';

import { type Role, ROLES } from '../../domain/kernel/shop.ts';
import type { Maintenance, ShopsEditor } from '../../maintenance/operations.ts';

interface Options {
  readonly loadMaintenance: () => Promise<Pick<Maintenance, 'shops'>>;
  readonly out: (text: string) => void;
}

interface Flags {
  readonly json: boolean;
}

interface KeyFlags extends Flags {
  readonly shop: string;
  readonly role: Role;
}

interface ShopFlags extends Flags {
  readonly name: string;
  readonly currency: string;
  readonly timezone: string;
  readonly dayStartsAt: string;
}

/**
 * `tillstream shops ...` and `tillstream keys ...`: changes of the shops file of this machine,
 * which a running server takes without a restart.
 */
export function addShopsCommands(program: Command, options: Options): void {
  addShopCommands(program, options);
  addKeyCommands(program, options);
}

function addShopCommands(program: Command, { loadMaintenance, out }: Options): void {
  const shops = program.command('shops').description('the shops of this installation');
  const editor = async () => (await loadMaintenance()).shops;
  withJson(shops.command('list', { isDefault: true }))
    .description('list the shops')
    .action(async ({ json }: Flags) => {
      const listed = await (await editor()).list();
      const lines = listed.map(({ id, name, currency, timezone, dayStartsAt }) =>
        [id, currency, timezone, dayStartsAt, name].join('  '),
      );
      out(json ? `${JSON.stringify(listed)}\n` : lines.map((line) => `${line}\n`).join(''));
    });
  withJson(shops.command('add'))
    .description('add a shop; then give it keys with `keys create`')
    .argument('<id>', '1 to 32 of a-z and 0-9; never changes')
    .requiredOption('--name <name>', 'for people')
    .requiredOption('--currency <code>', 'ISO 4217, such as EUR')
    .requiredOption('--timezone <name>', 'IANA, such as Europe/Madrid')
    .option('--day-starts-at <time>', 'local time at which a business day begins', '00:00')
    .action(async (id: string, { json, name, currency, timezone, dayStartsAt }: ShopFlags) => {
      const shop = { id, name, currency, timezone, dayStartsAt };
      await (await editor()).add(shop);
      const next = `tillstream keys create till-1 --shop ${id} --role till`;
      out(json ? `${JSON.stringify(shop)}\n` : `shop ${id} added; next: ${next}\n`);
    });
}

function addKeyCommands(program: Command, { loadMaintenance, out }: Options): void {
  const keys = program.command('keys').description('the API keys of the shops');
  const editor = async (): Promise<ShopsEditor> => (await loadMaintenance()).shops;
  const ofShop = (command: Command) => command.requiredOption('--shop <id>', 'the shop of the key');

  withJson(keys.command('list', { isDefault: true }))
    .description('list the keys; secrets are stored nowhere')
    .option('--shop <id>', 'only those of this shop')
    .action(async ({ json, shop }: Flags & { readonly shop?: string }) => {
      const listed = await (await editor()).listKeys(shop);
      const lines = listed.map((key) => `${[key.shop, key.id, key.role].join('  ')}\n`);
      out(json ? `${JSON.stringify(listed)}\n` : lines.join(''));
    });
  withJson(ofShop(keys.command('create')))
    .description('create a key and print it once')
    .argument('<id>', 'names the key in events and logs, such as till-2')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .action(async (id: string, { json, shop, role }: KeyFlags) => {
      const secret = await (await editor()).createKey({ shop, id, role });
      out(json ? `${JSON.stringify({ shop, id, role, key: secret })}\n` : `${secret}\n`);
    });
  withJson(ofShop(keys.command('revoke')))
    .description('revoke a key; a running server refuses it within a second')
    .argument('<id>', 'the id of the key')
    .action(async (id: string, { json, shop }: KeyFlags) => {
      await (await editor()).revokeKey({ shop, id });
      out(json ? `${JSON.stringify({ shop, id })}\n` : `key ${id} of ${shop} revoked\n`);
    });
}

function withJson(command: Command): Command {
  return command.option('--json', 'print JSON', false);
}
