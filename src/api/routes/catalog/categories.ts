import { Type } from '@sinclair/typebox';

import { assertParent, cascade } from '../../../commands/catalog/cascade.ts';
import {
  categoryCommands,
  categoryDecider,
  type CategoryEvent,
  type CategoryState,
  MAX_CASCADE,
} from '../../../domain/catalog/index.ts';
import { DomainError, InvariantError, NotFoundError } from '../../../domain/kernel/errors.ts';
import { Id, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import { CategorySchema } from '../../../projections/catalog/categories/document.ts';
import {
  cascadePreview,
  hasCategory,
  listCategories,
} from '../../../projections/catalog/categories/queries.ts';
import { commandRoutes } from '../../command.ts';
import { query } from '../../query.ts';
import { eventOf, pageResponse, writeResult, writtenAt } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { pageOf, pageQuery, written } from '../../schemas.ts';
import { sequenceOf } from '../../sequence-of.ts';
import { tag } from './responses.ts';

const permission = 'products:manage';
const CategoryParams = Type.Object({ categoryId: Id });

const CategoryResponse = Type.Object(
  {
    categoryId: Type.String(),
    status: oneOf(['live', 'deleted']),
    name: Type.String(),
    parentId: optional(Type.String()),
    ...written,
  },
  { $id: 'CategoryResponse' },
);

const Affected = Type.Array(Type.Object({ id: Type.String(), name: Type.String() }));
const Preview = Type.Object(
  { categoryId: Type.String(), subcategories: Affected, products: Affected },
  { $id: 'CascadePreview' },
);

function categoryResponse(result: CommandResult<CategoryState, CategoryEvent>) {
  const { state } = result;
  if (state.status === 'none') throw new InvariantError('a category after its command');
  const { categoryId, status, name, parentId } = state;
  const parent = parentId === undefined ? {} : { parentId };
  return { categoryId, status, name, ...parent, ...writtenAt(result) };
}

const command = commandRoutes({
  tag,
  decider: categoryDecider,
  commands: categoryCommands,
  id: 'categoryId',
  response: CategoryResponse,
  respond: categoryResponse,
});

const remove = route({
  method: 'delete',
  path: '/categories/:categoryId',
  operationId: 'deleteCategory',
  summary: 'Delete a category with its subcategories and products',
  description: `All of it can be restored. At most ${MAX_CASCADE} subcategories and ${MAX_CASCADE} products at once.`,
  tag,
  permission,
  params: CategoryParams,
  body: strict({ reason: categoryCommands.schemas.DeleteCategory.properties.reason }),
  status: 200,
  response: CategoryResponse,
  write: true,
  revisioned: true,
  example: { reason: 'No longer sold' },
  errors: ['category_not_found', 'category_deleted', 'cascade_too_large'],
  async handle(request, services) {
    const { body, params, reads, commandId } = request;
    const { categoryId } = params;
    const { subcategories, products } = await cascadePreview(reads, categoryId, MAX_CASCADE);
    if (subcategories.length > MAX_CASCADE || products.length > MAX_CASCADE) {
      const message = `expected at most ${MAX_CASCADE} subcategories and products`;
      throw new DomainError('cascade_too_large', message, { categoryId, maximum: MAX_CASCADE });
    }
    const found = {
      subcategoryIds: subcategories.map(({ id }) => id),
      productIds: products.map(({ id }) => id),
    };
    const cascadeId = services.digest.sha256(`${categoryId}\n${commandId}`).slice(0, 32);
    // What goes with it is no part of the command that a repeat must equal.
    const decider: typeof categoryDecider = {
      ...categoryDecider,
      decide: (asked, state, context) =>
        asked.type === 'DeleteCategory'
          ? categoryDecider.decide({ ...asked, data: { ...asked.data, ...found } }, state, context)
          : categoryDecider.decide(asked, state, context),
    };
    const data = { ...body, cascadeId, subcategoryIds: [], productIds: [] };
    const result = await request.execute(decider, categoryId, { type: 'DeleteCategory', data });
    await cascade(sequenceOf(request, services), eventOf(result, 'CategoryDeleted'));
    return { ...writeResult(200, result), body: categoryResponse(result) };
  },
});

const restore = route({
  method: 'post',
  path: '/categories/:categoryId/restore',
  operationId: 'restoreCategory',
  summary: 'Restore a deleted category with what was deleted with it',
  tag,
  permission,
  params: CategoryParams,
  body: categoryCommands.schemas.RestoreCategory,
  status: 200,
  response: CategoryResponse,
  write: true,
  revisioned: true,
  example: {},
  errors: ['category_not_found', 'category_not_deleted'],
  async handle(request, services) {
    const { categoryId } = request.params;
    const asked = { type: 'RestoreCategory', data: {} } as const;
    const result = await request.execute(categoryDecider, categoryId, asked);
    await cascade(sequenceOf(request, services), eventOf(result, 'CategoryRestored'));
    return { ...writeResult(200, result), body: categoryResponse(result) };
  },
});

export const categoryRoutes: readonly Route[] = [
  command('CreateCategory', {
    path: '/categories',
    operationId: 'createCategory',
    summary: 'Add a category, or a subcategory of one',
    permission,
    creates: true,
    status: 201,
    example: { name: 'Coffee' },
    errors: ['category_not_found', 'category_deleted', 'category_too_deep'],
    async rules(request, services) {
      const { parentId } = request.body;
      if (parentId !== undefined) await assertParent(sequenceOf(request, services), parentId);
      return categoryDecider;
    },
  }),
  query({
    path: '/categories',
    operationId: 'listCategories',
    summary: 'Categories and subcategories by name',
    tag,
    permission: 'products:read',
    query: Type.Object({
      parentId: optional(Id),
      status: optional(oneOf(['live', 'deleted'], 'Those that are not deleted, by default.')),
      ...pageQuery,
    }),
    response: pageOf(CategorySchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listCategories(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/categories/:categoryId/cascade-preview',
    operationId: 'previewCategoryDeletion',
    summary: 'What would be deleted with a category',
    tag,
    permission: 'products:read',
    params: CategoryParams,
    response: Preview,
    errors: ['category_not_found'],
    async read({ params: { categoryId }, reads, caller }) {
      if (!(await hasCategory(reads, caller.shop.id, categoryId))) {
        throw new NotFoundError('category_not_found', `there is no category ${categoryId}`);
      }
      const { subcategories, products } = await cascadePreview(reads, categoryId, MAX_CASCADE);
      return { categoryId, subcategories: [...subcategories], products: [...products] };
    },
  }),
  command('RenameCategory', {
    method: 'put',
    path: '/categories/:categoryId',
    operationId: 'renameCategory',
    summary: 'Rename a category',
    permission,
    example: { name: 'Hot coffee' },
    errors: ['category_not_found', 'category_deleted'],
  }),
  remove,
  restore,
];
