import { formatAmount } from '../../domain/kernel/format-money.ts';
import { isCurrency } from '../../domain/kernel/money.ts';
import { type DecimalMark, parseAmount } from '../../domain/kernel/parse-amount.ts';
import { readSafeText } from '../../lib/csv.ts';
import { joinEscaped, splitEscaped } from '../../lib/escaped-list.ts';

/** A cell is not of the form that its column has. */
export class CellError extends Error {
  readonly column: string;

  constructor(column: string, message: string) {
    super(message);
    this.name = 'CellError';
    this.column = column;
  }
}

/** A product as `GET /products` returns it; what the file does not hold is left out. */
export interface ExportedProduct {
  readonly productId: string;
  readonly name: string;
  readonly description?: string;
  readonly sku?: string;
  readonly currency: string;
  readonly priceMinor: number;
  readonly branchPrices: readonly { readonly branchId: string; readonly priceMinor: number }[];
  readonly modifierGroups: readonly ExportedGroup[];
  readonly allergens: readonly string[];
  readonly images: readonly string[];
  readonly taxClass?: string;
  readonly stockPolicy: string;
  readonly active: boolean;
}

export interface ExportedGroup {
  readonly groupId: string;
  readonly name: string;
  readonly required: boolean;
  readonly min: number;
  readonly max: number;
  readonly options: readonly {
    readonly modifierId: string;
    readonly name: string;
    readonly priceMinor: number;
  }[];
}

/** How the amounts of a file are written. */
export interface AmountForm {
  readonly decimalMark: DecimalMark;
  /** Of rows without one. */
  readonly currency?: string | undefined;
}

interface Reading extends AmountForm {
  readonly column: string;
  /** Of the row. */
  readonly rowCurrency: string | undefined;
}

interface Writing {
  /** Path of its category; '' without one. */
  readonly category: string;
  readonly decimalMark: DecimalMark;
}

interface Column {
  readonly name: string;
  /** The field of an imported product. */
  readonly field: string;
  readonly write: (product: ExportedProduct, writing: Writing) => string;
  /** Of a cell that is not empty. @throws CellError */
  readonly read: (text: string, reading: Reading) => unknown;
  /** What an empty cell means; undefined: nothing, the field stays as it is. */
  readonly empty?: null | readonly [];
}

const asText = (text: string) => text;
const trimmed = (text: string) => text.trim();
const LIST = '|';
const YES: readonly string[] = ['yes', 'true', '1'];
const NO: readonly string[] = ['no', 'false', '0'];

function amountOf(text: string, { column, rowCurrency, decimalMark }: Reading): number {
  if (rowCurrency === undefined) {
    throw new CellError('currency', 'expected a currency, found nothing');
  }
  if (!isCurrency(rowCurrency)) {
    throw new CellError('currency', `expected an ISO 4217 code, found ${rowCurrency}`);
  }
  const amountMinor = parseAmount(text, rowCurrency, decimalMark);
  if (amountMinor !== undefined) return amountMinor;
  const form = writeAmount(12_345, rowCurrency, decimalMark);
  throw new CellError(
    column,
    `expected an amount of ${rowCurrency} such as ${form}, found ${text}`,
  );
}

function writeAmount(amountMinor: number, currency: string, decimalMark: DecimalMark): string {
  return formatAmount(amountMinor, currency).replace('.', decimalMark);
}

function branchPricesOf(text: string, reading: Reading) {
  return splitEscaped(text, LIST).map((item) => {
    const [branchId = '', amount, ...rest] = splitEscaped(item, '=');
    if (amount === undefined || rest.length > 0 || branchId === '') {
      throw new CellError(reading.column, `expected branch=price, found ${item}`);
    }
    return { branchId, priceMinor: amountOf(amount, reading) };
  });
}

function activeOf(text: string, { column }: Reading): boolean {
  const word = text.trim().toLowerCase();
  if (YES.includes(word)) return true;
  if (NO.includes(word)) return false;
  throw new CellError(column, `expected yes or no, found ${text}`);
}

function groupsOf(text: string, { column }: Reading): unknown {
  try {
    const groups: unknown = JSON.parse(text);
    if (Array.isArray(groups)) return groups;
  } catch {
    // Reported below.
  }
  throw new CellError(column, 'expected a JSON list of modifier groups');
}

const listOf = (text: string) => splitEscaped(text, LIST);

/** The columns of a file of products, in the order in which an export writes them. */
export const COLUMNS: readonly Column[] = [
  { name: 'productId', field: 'productId', write: (it) => it.productId, read: asText },
  { name: 'sku', field: 'sku', write: (it) => it.sku ?? '', read: trimmed, empty: null },
  { name: 'name', field: 'name', write: (it) => it.name, read: asText },
  {
    name: 'description',
    field: 'description',
    write: (it) => it.description ?? '',
    read: asText,
    empty: null,
  },
  {
    name: 'category',
    field: 'category',
    write: (_, { category }) => category,
    read: asText,
    empty: null,
  },
  {
    name: 'currency',
    field: 'currency',
    write: (it) => it.currency,
    read: (text) => text.trim().toUpperCase(),
  },
  {
    name: 'price',
    field: 'priceMinor',
    write: ({ priceMinor, currency }, { decimalMark }) =>
      writeAmount(priceMinor, currency, decimalMark),
    read: amountOf,
  },
  {
    name: 'branchPrices',
    field: 'branchPrices',
    write: ({ branchPrices, currency }, { decimalMark }) => {
      const pairs = branchPrices.map(({ branchId, priceMinor }) =>
        joinEscaped([branchId, writeAmount(priceMinor, currency, decimalMark)], '='),
      );
      return joinEscaped(pairs, LIST);
    },
    read: branchPricesOf,
    empty: [],
  },
  {
    name: 'taxClass',
    field: 'taxClass',
    write: (it) => it.taxClass ?? '',
    read: asText,
    empty: null,
  },
  { name: 'stockPolicy', field: 'stockPolicy', write: (it) => it.stockPolicy, read: trimmed },
  { name: 'active', field: 'active', write: (it) => (it.active ? 'yes' : 'no'), read: activeOf },
  {
    name: 'allergens',
    field: 'allergens',
    write: (it) => joinEscaped(it.allergens, LIST),
    read: listOf,
    empty: [],
  },
  {
    name: 'images',
    field: 'images',
    write: (it) => joinEscaped(it.images, LIST),
    read: listOf,
    empty: [],
  },
  {
    name: 'modifierGroups',
    field: 'modifierGroups',
    write: ({ modifierGroups }) =>
      modifierGroups.length > 0 ? JSON.stringify(modifierGroups) : '',
    read: groupsOf,
    empty: [],
  },
];

/** Cells of a product, in the order of `COLUMNS`. */
export function cellsOf(product: ExportedProduct, writing: Writing): string[] {
  return COLUMNS.map(({ write }) => write(product, writing));
}

/** The column of a field that the server names. */
export function columnOfField(field: string): string {
  return COLUMNS.find((column) => column.field === field)?.name ?? field;
}

/**
 * The columns of a header, whatever their order and case.
 * @throws CellError for a column that is unknown, or there twice: its cells would be lost.
 */
export function readHeader(cells: readonly string[]): readonly Column[] {
  const columns = cells.map((cell) => {
    const wanted = cell.trim().toLowerCase();
    const column = COLUMNS.find(({ name }) => name.toLowerCase() === wanted);
    if (column) return column;
    const names = COLUMNS.map(({ name }) => name).join(', ');
    throw new CellError(cell, `expected columns of ${names}, found "${cell}"`);
  });
  for (const [place, column] of columns.entries()) {
    if (columns.indexOf(column) < place) {
      throw new CellError(column.name, `expected the column ${column.name} once`);
    }
  }
  return columns;
}

/**
 * A product of an import from the cells of a row.
 * @throws CellError
 */
export function readCells(
  columns: readonly Column[],
  cells: readonly string[],
  form: AmountForm,
): Record<string, unknown> {
  if (cells.length !== columns.length) {
    const message = `expected ${columns.length} cells, found ${cells.length}`;
    throw new CellError(columns[cells.length]?.name ?? '', message);
  }
  const texts = new Map(columns.map((column, i) => [column, readSafeText(cells[i] ?? '')]));
  const given = [...texts].find(([{ name }]) => name === 'currency')?.[1].trim();
  const rowCurrency = given ? given.toUpperCase() : form.currency;
  const row = new Map<string, unknown>();
  if (rowCurrency !== undefined) row.set('currency', rowCurrency);
  for (const [column, text] of texts) {
    const { name, field, read, empty } = column;
    if (text.trim() !== '') row.set(field, read(text, { ...form, column: name, rowCurrency }));
    else if (empty !== undefined) row.set(field, empty);
  }
  return Object.fromEntries(row);
}
