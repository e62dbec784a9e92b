import { type Static, Type } from '@sinclair/typebox';

import { oneOf, strict } from '../../../domain/kernel/schema.ts';

/** A category with who changed it last, and when. */
export const CategorySchema = strict(
  {
    categoryId: Type.String(),
    revision: Type.Integer(),
    status: oneOf(['live', 'deleted']),
    name: Type.String(),
    parentId: Type.Optional(Type.String({ description: 'Of a subcategory: its category.' })),
    createdAt: Type.String(),
    createdBy: Type.String(),
    updatedAt: Type.String(),
    updatedBy: Type.String(),
    deletedAt: Type.Optional(Type.String()),
    deletedBy: Type.Optional(Type.String()),
    deletionReason: Type.Optional(Type.String()),
  },
  { $id: 'Category' },
);

export type CategoryDocument = Static<typeof CategorySchema>;

/** As it is stored: with the fields that lists are filtered and sorted by. */
export interface StoredCategory extends CategoryDocument {
  readonly sortName: string;
  /** The category of a subcategory; '' for a category. */
  readonly parent: string;
}
