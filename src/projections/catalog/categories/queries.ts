import { documentKey } from '../../../domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../../engine/projections/reads.ts';
import { sortNameOf } from '../../../lib/search-words.ts';
import { products } from '../products/projection.ts';
import type { CategoryDocument, StoredCategory } from './document.ts';
import { asCategory, categories } from './projection.ts';

/** Read at a time for a preview. */
const SLICE = 1_000;

export interface CategoryFilter {
  /** Live ones when absent. */
  readonly status?: CategoryDocument['status'] | undefined;
  /** Only subcategories of this one. */
  readonly parentId?: string | undefined;
}

/** Categories and subcategories by name. */
export async function listCategories(
  reads: Reads,
  { status = 'live', parentId: parent }: CategoryFilter,
  page: PageRequest,
): Promise<Page<CategoryDocument>> {
  const query = { where: wherePresent({ status, parent }), orderBy: 'sortName' };
  const { items, ...next } = await findPage<StoredCategory>(reads, categories.name, query, page);
  return { items: items.map(asCategory), ...next };
}

/** Of one name. */
const MAX_NAMESAKES = 20;

/** Ids of live categories with exactly that name in that parent, in a lasting order. */
export async function findCategoryIds(
  reads: Reads,
  name: string,
  parentId: string | undefined,
): Promise<readonly string[]> {
  const where = { status: 'live', parent: parentId ?? '', sortName: sortNameOf(name) };
  const query = { where, orderBy: 'sortName', limit: MAX_NAMESAKES };
  const found = await reads.find<StoredCategory>(categories.name, query);
  return found.filter(({ body }) => body.name === name).map(({ body }) => body.categoryId);
}

/** Whether the shop has that category, deleted or not. */
export async function hasCategory(
  reads: Reads,
  storeId: string,
  categoryId: string,
): Promise<boolean> {
  return (await reads.get(categories.name, documentKey(storeId, categoryId))) !== undefined;
}

export interface CascadePreview {
  readonly subcategories: readonly { readonly id: string; readonly name: string }[];
  readonly products: readonly { readonly id: string; readonly name: string }[];
}

/**
 * What would be deleted with a category: its live subcategories, and the live products of it and of
 * them. More than `max` of one kind are cut off at one more than that.
 */
export async function cascadePreview(
  reads: Reads,
  categoryId: string,
  max: number,
): Promise<CascadePreview> {
  const subcategories = await all(
    reads,
    categories.name,
    { parent: categoryId },
    max,
    'categoryId',
  );
  const found: { id: string; name: string }[] = [];
  for (const id of [categoryId, ...subcategories.map((each) => each.id)]) {
    found.push(...(await all(reads, products.name, { categoryId: id }, max, 'productId')));
    if (found.length > max) break;
  }
  return { subcategories, products: found };
}

async function all(
  reads: Reads,
  readModel: string,
  where: Readonly<Record<string, string>>,
  max: number,
  id: 'categoryId' | 'productId',
) {
  const found: { id: string; name: string }[] = [];
  let after: { value: string; key: string } | undefined;
  while (found.length <= max) {
    const slice = await reads.find<Record<string, string>>(readModel, {
      where: { status: 'live', ...where },
      orderBy: 'sortName',
      limit: SLICE,
      ...(after && { after }),
    });
    found.push(...slice.map(({ body }) => ({ id: body[id] ?? '', name: body['name'] ?? '' })));
    const last = slice.at(-1);
    if (!last || slice.length < SLICE) break;
    after = { value: last.body['sortName'] ?? '', key: last.key };
  }
  return found;
}
