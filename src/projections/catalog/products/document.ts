import { type Static, Type } from '@sinclair/typebox';

import { PRODUCT_FIELDS } from '../../../domain/catalog/events.ts';
import { oneOf, strict } from '../../../domain/kernel/schema.ts';

const text = Type.String();

/** Who did it, as the id of the key or the process, and when. */
const changes = {
  createdAt: text,
  createdBy: text,
  updatedAt: text,
  updatedBy: text,
  deletedAt: Type.Optional(text),
  deletedBy: Type.Optional(text),
  deletionReason: Type.Optional(text),
};

/** A product with who changed it last, and when. */
export const ProductSchema = strict(
  {
    productId: text,
    revision: Type.Integer(),
    status: oneOf(['live', 'deleted']),
    ...PRODUCT_FIELDS,
    ...changes,
  },
  { $id: 'Product' },
);

export type ProductDocument = Static<typeof ProductSchema>;

/** As it is stored: with the fields that lists are filtered and sorted by. */
export interface StoredProduct extends ProductDocument {
  /** Words of the name, without case and accents. */
  readonly sortName: string;
  readonly activeText: 'yes' | 'no';
}
