import {
  newProduct,
  type Product,
  type ProductChanges,
  type ProductCommand,
  productCommands,
  productDecider,
  type ProductInput,
  type ProductRow,
  withChanges,
} from '../../domain/catalog/index.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import { canonicalJson } from '../../domain/kernel/fingerprint.ts';
import { dispatch, stepId } from '../../engine/commands/sequence.ts';
import { changeProduct, createProduct } from '../catalog/products.ts';
import { categoryNames, type ImportedCategories } from './categories.ts';
import { findTarget } from './find-product.ts';
import { type ItemDone, ItemError, type ProductImporter } from './import-item.ts';

/** Another import may add the same product at the same moment. */
const MAX_TRIES = 3;
const OVERTAKEN: readonly string[] = ['product_exists', 'sku_taken'];
const HASH_LENGTH = 32;

/**
 * Adds the product of a row, or changes what differs.
 * @throws ItemError; DomainError of the rules.
 */
export async function importProduct(
  importer: ProductImporter,
  categories: ImportedCategories,
  row: ProductRow,
): Promise<ItemDone> {
  const names = typeof row.category === 'string' ? categoryNames(row.category) : undefined;
  for (let tries = 1; ; tries++) {
    const { productId, product } = await findTarget(importer, row);
    try {
      return product
        ? await change(importer, categories, { product, row, names })
        : await add(importer, categories, { productId, row, names });
    } catch (error) {
      const overtaken = error instanceof DomainError && OVERTAKEN.includes(error.code);
      if (!overtaken || tries === MAX_TRIES) throw error;
    }
  }
}

interface Given {
  readonly row: ProductRow;
  readonly names: readonly string[] | undefined;
}

async function add(
  importer: ProductImporter,
  categories: ImportedCategories,
  { productId, row, names }: Given & { readonly productId: string },
): Promise<ItemDone> {
  const input = inputOf(row);
  // Nothing is made for a row that the rules refuse.
  productCommands.check({ type: 'CreateProduct', data: input });
  newProduct(input);
  const categoryId = names && (await categories.find(names)).categoryId;
  const data = { ...input, ...(categoryId !== undefined && { categoryId }) };
  const result = await createProduct(importer.sequence, productId, data, (command) =>
    execute(importer, productId, command),
  );
  const { repeated, position } = result;
  return { outcome: repeated ? 'repeated' : 'imported', productId, position };
}

/** @throws ItemError invalid_product for a row without a field that each product has. */
function inputOf(row: ProductRow): ProductInput {
  const { productId: _p, category: _c, ...fields } = row;
  const { name, currency, priceMinor } = fields;
  if (name === undefined) throw missing('name');
  if (currency === undefined) throw missing('currency');
  if (priceMinor === undefined) throw missing('priceMinor');
  const { description, sku, taxClass, ...others } = fields;
  return {
    ...others,
    name,
    currency,
    priceMinor,
    ...(typeof description === 'string' && { description }),
    ...(typeof sku === 'string' && { sku }),
    ...(typeof taxClass === 'string' && { taxClass }),
  };
}

function missing(field: string): ItemError {
  return new ItemError('invalid_product', field, `expected a ${field}, found nothing`);
}

async function change(
  importer: ProductImporter,
  categories: ImportedCategories,
  { product, row, names }: Given & { readonly product: Product },
): Promise<ItemDone> {
  const { productId: _, category, currency, ...fields } = row;
  const { productId } = product;
  if (currency !== undefined && currency !== product.currency) {
    const message = `expected ${product.currency} as before, found ${currency}`;
    throw new ItemError('currency_differs', 'currency', message);
  }
  const asked: ProductChanges = { ...fields, ...(category === null && { categoryId: null }) };
  // Nothing is made for a row that the rules refuse.
  if (product.status === 'deleted') throw deleted(productId);
  withChanges(product, asked);
  const moved = await movedTo(categories, product, names);
  const changes = differences(product, { ...asked, ...moved });
  if (Object.keys(changes).length === 0) return { outcome: 'repeated', productId };
  const { position } = await changeProduct(importer.sequence, productId, changes, (command) =>
    execute(importer, productId, command),
  );
  return { outcome: 'changed', productId, position };
}

function deleted(productId: string): DomainError {
  return new DomainError('product_deleted', `product ${productId} is deleted`, { productId });
}

/** A product stays in its category when that has the same path as the row. */
async function movedTo(
  categories: ImportedCategories,
  { categoryId }: Product,
  names: readonly string[] | undefined,
): Promise<{ categoryId?: string }> {
  if (names === undefined) return {};
  if (categoryId !== undefined && (await categories.has(categoryId, names))) return {};
  return { categoryId: (await categories.find(names)).categoryId };
}

/** Of the changes, those after which the product differs. */
function differences(product: Product, changes: ProductChanges): ProductChanges {
  const next: Readonly<Record<string, unknown>> = { ...withChanges(product, changes) };
  const before: Readonly<Record<string, unknown>> = { ...product };
  return Object.fromEntries(
    Object.entries(changes).filter(
      ([name]) => canonicalJson(next[name]) !== canonicalJson(before[name]),
    ),
  );
}

/** The id of the command holds its content: one request can change a product again. */
function execute(
  { sequence, digest }: ProductImporter,
  productId: string,
  command: ProductCommand,
) {
  const hash = digest.sha256(canonicalJson(command.data)).slice(0, HASH_LENGTH);
  const id = stepId(sequence, `${command.type} ${productId} ${hash}`);
  return dispatch(sequence, id, productDecider, productId, command);
}
