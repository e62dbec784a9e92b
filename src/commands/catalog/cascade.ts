import { categoryDecider, type CategoryEvent, productDecider } from '../../domain/catalog/index.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import { dispatch, type Sequence } from '../../engine/commands/sequence.ts';

type Cascaded = Extract<CategoryEvent, { type: 'CategoryDeleted' | 'CategoryRestored' }>;

/**
 * Deletes, or restores, what goes with a category. The ids of the commands derive from the event,
 * so the request and the process that completes it after a crash do each once. What was deleted or
 * restored on its own meanwhile stays as it is.
 */
export async function cascade(sequence: Sequence, { type, data }: Cascaded): Promise<void> {
  const { cascadeId, subcategoryIds, productIds } = data;
  const isDelete = type === 'CategoryDeleted';
  const step = (id: string) => `${cascadeId} ${isDelete ? 'delete' : 'restore'} ${id}`;
  for (const id of productIds) {
    const command = isDelete
      ? ({ type: 'DeleteProduct', data: { cascadeId } } as const)
      : ({ type: 'RestoreProduct', data: { cascadeId } } as const);
    await unlessRefused(() => dispatch(sequence, step(id), productDecider, id, command));
  }
  const none = { cascadeId, subcategoryIds: [], productIds: [] };
  for (const id of subcategoryIds) {
    const command = isDelete
      ? ({ type: 'DeleteCategory', data: none } as const)
      : ({ type: 'RestoreCategory', data: {} } as const);
    await unlessRefused(() => dispatch(sequence, step(id), categoryDecider, id, command));
  }
}

async function unlessRefused(execute: () => Promise<unknown>): Promise<void> {
  try {
    await execute();
  } catch (error) {
    if (!isFinalRefusal(error)) throw error;
  }
}

/**
 * Checks that a category can be the parent of another one, or hold products.
 * @throws NotFoundError category_not_found.
 * @throws DomainError category_deleted, category_too_deep.
 */
export async function assertParent(
  { commands, context }: Sequence,
  parentId: string,
): Promise<void> {
  const { state } = await commands.load(categoryDecider, context.storeId, parentId);
  const details = { categoryId: parentId };
  if (state.status === 'none') {
    throw new DomainError('category_not_found', `there is no category ${parentId}`, details);
  }
  if (state.status === 'deleted') {
    throw new DomainError('category_deleted', `category ${parentId} is deleted`, details);
  }
  if (state.parentId === undefined) return;
  throw new DomainError('category_too_deep', `category ${parentId} is a subcategory`, details);
}
