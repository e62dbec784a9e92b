import type { Command } from 'commander';

import { CliError } from '../cli-error.ts';
import { clientOf, type LocalServer, type ServerFlags, withServerFlags } from '../server-flags.ts';
import { importSale, type ReconcileOptions, settleSale, showReconciliation } from './operations.ts';

interface ShowFlags extends ServerFlags {
  readonly from?: string;
  readonly to?: string;
  readonly tolerance?: string;
  readonly items: boolean;
}

interface SettleFlags extends ServerFlags {
  readonly refund?: string;
  readonly correction?: string;
  readonly document: readonly string[];
}

/** `tillstream reconcile ...`: Square, the shop and QuickBooks compared, through the API. */
export function addReconcileCommands(program: Command, local: LocalServer): void {
  const reconcile = program
    .command('reconcile')
    .description('compare Square, the shop and QuickBooks, and correct what differs');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    withServerFlags(reconcile.command(name, options).description(description), local, 'a manager');

  add('show', 'the sums side by side, and each difference with its cause', { isDefault: true })
    .option('--from <day>', 'first business day; by default the last one')
    .option('--to <day>', 'last business day; by default today')
    .option('--tolerance <minor>', 'leave out differences up to this, in minor units')
    .option('--items', 'compare also where each amount goes', false)
    .action(({ from, to, tolerance, items, ...flags }: ShowFlags) =>
      showReconciliation(optionsOf(flags), {
        ...{ from, to, toleranceMinor: tolerance },
        items: items ? 'true' : undefined,
      }),
    );

  add('settle', 'bring QuickBooks to one right document of a sale, refund or correction')
    .argument('<order>', 'id of the order')
    .option('--refund <id>', 'one of its refunds; otherwise its sale')
    .option('--correction <id>', 'one of its changes after it was sold')
    .option('--document <entity:id>', 'a document of it there; repeatable', collected, [])
    .action((orderId: string, { refund, correction, document, ...flags }: SettleFlags) =>
      settleSale(optionsOf(flags), {
        ...{ orderId, refundId: refund, correctionId: correction },
        documents: document.map(documentIn),
      }),
    );

  add('import', 'take a sale over from Square that is missing here')
    .argument('<id>', 'id of the order at Square')
    .action((id: string, flags: ServerFlags) => importSale(optionsOf(flags), id));
}

const collected = (text: string, before: readonly string[]) => [...before, text];

/** @throws CliError when it is not an entity and an id. */
function documentIn(text: string): { entity: string; id: string } {
  const [, entity, id] = /^([A-Za-z]+):([!-~]+)$/.exec(text) ?? [];
  if (entity !== undefined && id !== undefined) return { entity, id };
  throw new CliError(`expected --document such as SalesReceipt:145, found ${text}`);
}

function optionsOf(flags: ServerFlags): ReconcileOptions {
  return {
    client: clientOf(flags, 'manager'),
    json: flags.json,
    out: (text) => process.stdout.write(text),
  };
}
