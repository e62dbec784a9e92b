import { once } from 'node:events';

import { type Command, InvalidArgumentError, Option } from 'commander';

import {
  type AddressFlags,
  clientOf,
  type LocalServer,
  type ServerFlags,
  withAddressFlags,
  withServerFlags,
} from '../server-flags.ts';
import { EXPORT_FORMATS, type ExportFormat, exportProducts } from './export-products.ts';
import { importProducts } from './import-products.ts';

interface CsvFlags {
  readonly separator: string;
  readonly decimalComma: boolean;
}

type ImportFlags = ServerFlags & CsvFlags & { readonly currency?: string };
type ExportFlags = AddressFlags & CsvFlags & { readonly format: ExportFormat };

const ROLE = 'a manager';

/** `import products` and `export products`. */
export function addCatalogCommands(program: Command, importing: Command, local: LocalServer): void {
  withCsvFlags(withServerFlags(importing.command('products'), local, ROLE))
    .description('add and change products from a CSV file, or from JSON of a Square catalogue')
    .argument('<file>', '.csv; else JSON: a list, or an object with "products" or "objects"')
    .option('--currency <code>', 'of rows without a currency, such as EUR')
    .action(async (file: string, flags: ImportFlags) => {
      process.exitCode = await importProducts({
        file,
        client: clientOf(flags, 'manager'),
        csv: { ...csvFormOf(flags), currency: flags.currency },
        json: flags.json,
        out: (text) => process.stdout.write(text),
        err: (text) => process.stderr.write(text),
        terminal: process.stderr.isTTY,
      });
    });

  const exporting = program.command('export').description('export data for other systems');
  withCsvFlags(withAddressFlags(exporting.command('products'), local, ROLE))
    .description('print the products as CSV, or as objects of a Square catalogue')
    .addOption(
      new Option('--format <format>', 'what to print').choices(EXPORT_FORMATS).default('csv'),
    )
    .action(async (flags: ExportFlags) => {
      await exportProducts({
        client: clientOf(flags, 'manager'),
        format: flags.format,
        csv: csvFormOf(flags),
        out: async (text) => {
          if (!process.stdout.write(text)) await once(process.stdout, 'drain');
        },
        err: (text) => process.stderr.write(text),
      });
    });
}

function withCsvFlags(command: Command): Command {
  return command
    .option('--separator <character>', 'between cells of CSV', readSeparator, ',')
    .option('--decimal-comma', 'amounts of CSV have a comma, such as 3,50', false);
}

/** @throws InvalidArgumentError unless it is a character that no quoted cell begins with. */
function readSeparator(text: string): string {
  const separator = text === '\\t' ? '\t' : text;
  if (separator.length === 1 && !/["\r\n]/.test(separator)) return separator;
  throw new InvalidArgumentError('expected one character, or \\t for a tab.');
}

function csvFormOf({ separator, decimalComma }: CsvFlags) {
  return { separator, decimalMark: decimalComma ? ',' : '.' } as const;
}
