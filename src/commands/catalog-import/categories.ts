import { categoryDecider, type CategoryState } from '../../domain/catalog/index.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import { invariant } from '../../domain/kernel/invariant.ts';
import type { Position } from '../../domain/kernel/position.ts';
import { dispatch, stepId } from '../../engine/commands/sequence.ts';
import { splitEscaped } from '../../lib/escaped-list.ts';
import type { ProductImporter } from './import-item.ts';
import { ItemError } from './import-item.ts';

/** A category, and one subcategory. */
const MAX_DEPTH = 2;
/** Categories that had the name first and were renamed or deleted since. */
const MAX_FORMER = 100;
const ENTITY_ID_LENGTH = 32;

/** A category of a path, and the event that made it when this import did. */
export interface FoundCategory {
  readonly categoryId: string;
  readonly position?: Position;
}

/** The categories of one import, each looked up or made once. */
export interface ImportedCategories {
  /** @throws DomainError, ItemError. */
  find(names: readonly string[]): Promise<FoundCategory>;
  /** Whether that category has this path, deleted or not. */
  has(categoryId: string, names: readonly string[]): Promise<boolean>;
}

/**
 * Names of a path such as `Drinks/Hot`.
 * @throws ItemError category_path_too_deep, invalid_product.
 */
export function categoryNames(path: string): string[] {
  const names = splitEscaped(path, '/');
  if (names.length > MAX_DEPTH) {
    const message = `expected at most ${MAX_DEPTH} names, found ${names.length}`;
    throw new ItemError('category_path_too_deep', 'category', message);
  }
  if (names.length > 0 && names.every((name) => name.trim() !== '')) return names;
  throw new ItemError('invalid_product', 'category', 'expected names that are not blank');
}

export function createImportedCategories(importer: ProductImporter): ImportedCategories {
  const { sequence, digest, findCategories } = importer;
  const { commands, context } = sequence;
  const { storeId } = context;
  const found = new Map<string, Promise<FoundCategory>>();

  async function load(categoryId: string): Promise<CategoryState> {
    return (await commands.load(categoryDecider, storeId, categoryId)).state;
  }

  function isIt(state: CategoryState, name: string, parentId: string | undefined): boolean {
    return state.status === 'live' && state.name === name && state.parentId === parentId;
  }

  /**
   * A category of that name: one that the shop has, or one whose id derives from its path, so that
   * a repeated import, or one at the same time, makes no second one.
   */
  async function findOrCreate(name: string, parentId: string | undefined): Promise<FoundCategory> {
    for (const categoryId of await findCategories(name, parentId)) {
      if (isIt(await load(categoryId), name, parentId)) return { categoryId };
    }
    for (let former = 0; former < MAX_FORMER; former++) {
      const path = `${storeId}\nimported-category\n${parentId ?? ''}\n${former}\n${name}`;
      const categoryId = digest.sha256(path).slice(0, ENTITY_ID_LENGTH);
      const state = await load(categoryId);
      if (isIt(state, name, parentId)) return { categoryId };
      if (state.status !== 'none') continue;
      const created = await create(categoryId, name, parentId);
      if (created) return created;
    }
    throw new ItemError('invalid_product', 'category', `too many former categories "${name}"`);
  }

  /** Undefined when another import was faster, and its category is another one by now. */
  async function create(categoryId: string, name: string, parentId: string | undefined) {
    const data = { name, ...(parentId !== undefined && { parentId }) };
    const id = stepId(sequence, `category ${categoryId}`);
    const command = { type: 'CreateCategory', data } as const;
    try {
      const { position } = await dispatch(sequence, id, categoryDecider, categoryId, command);
      return { categoryId, position };
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'category_exists') throw error;
      return isIt(await load(categoryId), name, parentId) ? { categoryId } : undefined;
    }
  }

  function once(name: string, parentId: string | undefined): Promise<FoundCategory> {
    const key = `${parentId ?? ''}\n${name}`;
    let promise = found.get(key);
    if (!promise) {
      promise = findOrCreate(name, parentId);
      found.set(key, promise);
    }
    return promise;
  }

  return {
    async find(names) {
      let category: FoundCategory | undefined;
      for (const name of names) category = await once(name, category?.categoryId);
      invariant(category !== undefined, 'a path with a name');
      return category;
    },
    async has(categoryId, names) {
      const own = await load(categoryId);
      if (own.status === 'none' || own.name !== names.at(-1)) return false;
      if (own.parentId === undefined) return names.length === 1;
      const parent = await load(own.parentId);
      return names.length === MAX_DEPTH && parent.status !== 'none' && parent.name === names[0];
    },
  };
}
