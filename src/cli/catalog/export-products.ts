import { csvLine } from '../../lib/csv.ts';
import { joinEscaped } from '../../lib/escaped-list.ts';
import { type ApiClient, rejection } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { cellsOf, COLUMNS, type ExportedProduct } from './columns.ts';
import type { CsvForm } from './csv-source.ts';
import { type ExportedCategory, squareCategory, squareObjects } from './square-objects.ts';

/** The most that a page can have. */
const PAGE_SIZE = 200;
/** Kept in memory for the paths of the products. */
const MAX_CATEGORIES = 100_000;

export const EXPORT_FORMATS = ['csv', 'square'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ProductExportOptions {
  readonly client: ApiClient;
  readonly format: ExportFormat;
  readonly csv: Pick<CsvForm, 'separator' | 'decimalMark'>;
  /** Resolves when more can be written. */
  readonly out: (text: string) => Promise<void>;
  /** What the format has no place for, and the count. */
  readonly err: (text: string) => void;
}

type StoredProduct = ExportedProduct & { readonly categoryId?: string };
type Categories = ReadonlyMap<string, ExportedCategory>;

/**
 * Writes the products that are not deleted, page by page.
 * @throws CliError, ServerError
 */
export async function exportProducts(options: ProductExportOptions): Promise<void> {
  const { client, format, err } = options;
  const categories = await allCategories(client);
  const count = await (format === 'csv' ? toCsv : toSquare)(options, categories);
  err(`${count} product${count === 1 ? '' : 's'} exported\n`);
}

async function allCategories(client: ApiClient): Promise<Categories> {
  const found = new Map<string, ExportedCategory>();
  // A product that was restored alone has a deleted category.
  for (const status of ['live', 'deleted']) {
    const query = `/categories?status=${status}`;
    for await (const page of pages<ExportedCategory>(client, query)) {
      for (const category of page) found.set(category.categoryId, category);
      if (found.size > MAX_CATEGORIES) {
        throw new CliError(`expected at most ${MAX_CATEGORIES} categories, found more`);
      }
    }
  }
  return found;
}

/** By the time they were added: a product that is changed meanwhile keeps its place. */
const PRODUCTS = '/products?sort=created';

async function* pages<Item>(client: ApiClient, path: string): AsyncGenerator<readonly Item[]> {
  let cursor: string | undefined;
  do {
    const next = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const response = await client.get(`${path}&limit=${PAGE_SIZE}${next}`);
    if (response.status !== 200) throw rejection(response);
    const { items, nextCursor } = response.body as {
      items: readonly Item[];
      nextCursor?: string;
    };
    yield items;
    cursor = nextCursor;
  } while (cursor !== undefined);
}

async function toCsv({ client, csv, out }: ProductExportOptions, categories: Categories) {
  const { separator, decimalMark } = csv;
  const names = COLUMNS.map(({ name }) => name);
  await out(csvLine(names, separator));
  let count = 0;
  for await (const page of pages<StoredProduct>(client, PRODUCTS)) {
    const lines = page.map((product) => {
      const category = pathOf(product.categoryId, categories);
      return csvLine(cellsOf(product, { category, decimalMark }), separator);
    });
    await out(lines.join(''));
    count += page.length;
  }
  return count;
}

/** `Drinks/Hot`; '' without a category. */
function pathOf(categoryId: string | undefined, categories: Categories): string {
  const own = categoryId === undefined ? undefined : categories.get(categoryId);
  if (!own) return '';
  const parent = own.parentId === undefined ? undefined : categories.get(own.parentId);
  return joinEscaped([...(parent ? [parent.name] : []), own.name], '/');
}

async function toSquare({ client, out, err }: ProductExportOptions, categories: Categories) {
  await out('{"objects":[');
  let isFirst = true;
  const write = async (objects: readonly unknown[]) => {
    if (objects.length === 0) return;
    const text = objects.map((object) => JSON.stringify(object)).join(',\n');
    await out(`${isFirst ? '' : ',\n'}${text}`);
    isFirst = false;
  };
  await write([...categories.values()].map(squareCategory));
  let count = 0;
  const leftOut = { images: 0, taxClass: 0, negative: 0 };
  for await (const page of pages<StoredProduct>(client, PRODUCTS)) {
    await write(page.flatMap((product) => squareObjects(product, product.categoryId)));
    for (const { images, taxClass, stockPolicy } of page) {
      if (images.length > 0) leftOut.images += 1;
      if (taxClass !== undefined) leftOut.taxClass += 1;
      if (stockPolicy === 'negative-allowed') leftOut.negative += 1;
    }
    count += page.length;
  }
  await out(']}\n');
  const note = (products: number, what: string) => {
    if (products > 0) err(`${products} of ${count} products: ${what}\n`);
  };
  note(leftOut.images, 'without their images, which are uploaded to Square one by one');
  note(leftOut.taxClass, 'without their tax class');
  note(leftOut.negative, 'their stock is tracked at Square, where it cannot be negative');
  return count;
}
