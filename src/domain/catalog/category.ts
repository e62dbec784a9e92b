import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { unreachable } from '../kernel/invariant.ts';
import { type CategoryCommand, categoryCommands } from './commands.ts';
import type { CategoryEvent } from './events.ts';

/** A category, or a subcategory of one. Plain JSON: it is kept in snapshots. */
export type CategoryState =
  | { readonly status: 'none' }
  | {
      readonly status: 'live' | 'deleted';
      readonly categoryId: string;
      readonly name: string;
      readonly parentId?: string;
      /** The deletion that it went with, and what went with its own. */
      readonly cascadeId?: string;
      readonly subcategoryIds?: readonly string[];
      readonly productIds?: readonly string[];
    };

/**
 * Decides a command to a category.
 * @throws NotFoundError category_not_found.
 * @throws DomainError category_exists, category_deleted, category_not_deleted, invalid_request.
 */
function decide(
  command: CategoryCommand,
  state: CategoryState,
  { entityId: categoryId }: CommandContext,
): readonly CategoryEvent[] {
  if (command.type === 'CreateCategory') {
    if (state.status !== 'none') throw refusal('category_exists', categoryId, 'exists already');
    const { name, parentId } = command.data;
    assertName(name);
    return [
      { type: 'CategoryCreated', data: { categoryId, name, ...omitUndefined({ parentId }) } },
    ];
  }
  if (state.status === 'none') {
    throw new NotFoundError('category_not_found', `there is no category ${categoryId}`, {
      categoryId,
    });
  }
  const isDeleted = state.status === 'deleted';
  switch (command.type) {
    case 'RenameCategory': {
      if (isDeleted) throw refusal('category_deleted', categoryId, 'is deleted');
      const { name } = command.data;
      assertName(name);
      return [{ type: 'CategoryRenamed', data: { categoryId, name, previousName: state.name } }];
    }
    case 'DeleteCategory': {
      if (isDeleted) throw refusal('category_deleted', categoryId, 'is deleted');
      const { subcategoryIds, productIds, ...rest } = command.data;
      const lists = { subcategoryIds: [...subcategoryIds], productIds: [...productIds] };
      return [
        { type: 'CategoryDeleted', data: { categoryId, name: state.name, ...rest, ...lists } },
      ];
    }
    case 'RestoreCategory': {
      if (!isDeleted) throw refusal('category_not_deleted', categoryId, 'is not deleted');
      const { cascadeId = categoryId, subcategoryIds = [], productIds = [] } = state;
      const lists = { subcategoryIds: [...subcategoryIds], productIds: [...productIds] };
      return [
        { type: 'CategoryRestored', data: { categoryId, name: state.name, cascadeId, ...lists } },
      ];
    }
    default:
      return unreachable(command);
  }
}

function refusal(
  code: 'category_exists' | 'category_deleted' | 'category_not_deleted',
  categoryId: string,
  what: string,
): DomainError {
  return new DomainError(code, `category ${categoryId} ${what}`, { categoryId });
}

function assertName(name: string): void {
  if (name.trim() !== '') return;
  throw new DomainError('invalid_request', 'expected a name, found none', { field: 'name' });
}

function evolve(state: CategoryState, event: CategoryEvent): CategoryState {
  if (event.type === 'CategoryCreated') return { status: 'live', ...event.data };
  if (state.status === 'none') return state;
  const { categoryId, name } = event.data;
  const { parentId } = state;
  const kept = { categoryId, name, ...omitUndefined({ parentId }) };
  switch (event.type) {
    case 'CategoryRenamed':
    case 'CategoryRestored':
      return { status: 'live', ...kept };
    case 'CategoryDeleted': {
      const { cascadeId, subcategoryIds, productIds } = event.data;
      return { status: 'deleted', ...kept, cascadeId, subcategoryIds, productIds };
    }
  }
}

/** A category of products, or a subcategory of one. */
export const categoryDecider: Decider<CategoryState, CategoryCommand, CategoryEvent> = {
  category: 'category',
  version: 1,
  initialState: { status: 'none' },
  commands: categoryCommands,
  decide,
  evolve,
};
