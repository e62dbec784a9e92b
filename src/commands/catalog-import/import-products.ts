import { skuKey } from '../../domain/catalog/index.ts';
import { InvariantError, TillstreamError } from '../../domain/kernel/errors.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import { type Outcome, OUTCOMES } from '../square-import/outcomes.ts';
import { createImportedCategories, type ImportedCategories } from './categories.ts';
import {
  failureOf,
  type ImportEntry,
  type ItemDone,
  ItemError,
  type ItemFailure,
  type ItemResult,
  passedOver,
  type ProductImporter,
} from './import-item.ts';
import { importProduct } from './import-product.ts';

/** Enough products in flight to share commits. */
const MAX_CONCURRENT_PRODUCTS = 32;

export interface ProductImportReport {
  readonly items: readonly ItemResult[];
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Of the last recorded event; undefined when the import recorded none. */
  readonly position: Position | undefined;
}

interface Done {
  readonly result: ItemResult;
  readonly position?: Position;
}

/**
 * Imports products, each by itself: a refused one does not stop the others. A product that is
 * already as its row says is reported as repeated, and nothing is recorded.
 * @throws UpstreamError when the log accepts no commands: repeat the whole import.
 */
export async function importProducts(
  importer: ProductImporter,
  given: readonly ImportEntry[],
): Promise<ProductImportReport> {
  const entries = withoutDuplicates(given);
  const categories = createImportedCategories(importer);
  const done: Done[] = new Array<Done>(entries.length);
  let next = 0;
  const work = async (): Promise<void> => {
    try {
      for (let i = next++; i < entries.length; i = next++) {
        const entry = entries[i];
        if (entry) done[i] = await importEntry(importer, categories, entry);
      }
    } finally {
      // After an error of one worker, the others finish their current product and stop.
      next = entries.length;
    }
  };
  const workers = Math.min(MAX_CONCURRENT_PRODUCTS, entries.length);
  await Promise.all(Array.from({ length: workers }, work));
  return reportOf(done);
}

function reportOf(done: readonly Done[]): ProductImportReport {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<
    Outcome,
    number
  >;
  let last: Position | undefined;
  for (const { result, position } of done) {
    counts[result.outcome] += 1;
    if (position && (!last || comparePositions(position, last) > 0)) last = position;
  }
  return { items: done.map(({ result }) => result), counts, position: last };
}

/** Two rows about one product would overwrite each other, in any order: the later one fails. */
function withoutDuplicates(entries: readonly ImportEntry[]): readonly ImportEntry[] {
  const seen = new Map<string, string>();
  return entries.map((entry) => {
    const { row, path } = entry;
    if (!row) return entry;
    for (const [field, key] of keysOf(row)) {
      const first = seen.get(key);
      if (first !== undefined) {
        const message = `expected another ${field} than ${first} has`;
        return asFailed(entry, passedOver('duplicate_in_import', pathIn(entry, field), message));
      }
    }
    for (const [, key] of keysOf(row)) seen.set(key, path);
    return entry;
  });
}

function keysOf({ sku, productId }: NonNullable<ImportEntry['row']>): [string, string][] {
  return [
    ...(typeof sku === 'string' ? [['sku', `sku ${keyOf(sku)}`] as [string, string]] : []),
    ...(productId === undefined ? [] : [['productId', `id ${productId}`] as [string, string]]),
  ];
}

/** A sku that is too long is refused later, with its row. */
function keyOf(sku: string): string {
  try {
    return skuKey(sku);
  } catch {
    return sku;
  }
}

function asFailed({ row: _, ...entry }: ImportEntry, failure: ItemFailure): ImportEntry {
  return { ...entry, failure };
}

function pathIn({ path, pathOfField }: ImportEntry, field: string): string {
  return `${path}${pathOfField ? pathOfField(field) : field === '' ? '' : `/${field}`}`;
}

async function importEntry(
  importer: ProductImporter,
  categories: ImportedCategories,
  entry: ImportEntry,
): Promise<Done> {
  const { index, sourceId, notices } = entry;
  const about = {
    index,
    ...(sourceId !== undefined && { sourceId }),
    ...(notices && notices.length > 0 && { notices }),
  };
  if (entry.failure) return { result: { ...about, ...entry.failure } };
  try {
    const { position, ...result } = await carryOut(importer, categories, entry);
    return { result: { ...about, ...result }, ...(position && { position }) };
  } catch (error) {
    const failure = explain(error, entry) ?? unexpected(importer, error, entry);
    return { result: { ...about, ...failure } };
  }
}

async function carryOut(
  importer: ProductImporter,
  categories: ImportedCategories,
  { row, category = [] }: ImportEntry,
): Promise<ItemDone> {
  if (row) return importProduct(importer, categories, row);
  const { position } = await categories.find(category);
  return position ? { outcome: 'imported', position } : { outcome: 'repeated' };
}

/** Why the product was refused. @throws TillstreamError that a repeated import can overcome. */
function explain(error: unknown, entry: ImportEntry): ItemFailure | undefined {
  if (error instanceof ItemError) {
    return passedOver(error.code, pathIn(entry, error.field), error.message);
  }
  if (!(error instanceof TillstreamError) || error instanceof InvariantError) return undefined;
  if (error.retryable) throw error;
  const { code, kind, message, details } = error;
  const { field } = details;
  const path = pathIn(entry, typeof field === 'string' ? pointerOf(field) : fieldOfCode(code));
  if (code === 'invalid_request') return passedOver('invalid_product', path, message);
  return failureOf(kind === 'malformed' ? 'invalid' : 'refused', code, path, message);
}

/** `branchPrices[2].priceMinor` as steps of a JSON pointer. */
function pointerOf(field: string): string {
  return field.replace(/\[(\d+)\]/g, '/$1').replaceAll('.', '/');
}

function fieldOfCode(code: string): string {
  if (code === 'sku_taken') return 'sku';
  return code === 'unknown_currency' ? 'currency' : '';
}

function unexpected(
  { onUnexpectedError }: ProductImporter,
  error: unknown,
  { path }: ImportEntry,
): ItemFailure {
  onUnexpectedError(error, path);
  return failureOf('refused', 'internal', path, 'the import failed with an internal error');
}
