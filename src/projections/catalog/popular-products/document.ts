import { Type } from '@sinclair/typebox';

import { strict } from '../../../domain/kernel/schema.ts';
import { ProductSchema } from '../products/document.ts';

/** How often a product was ordered in a month. */
export interface ProductDemand {
  readonly month: string;
  readonly productId: string;
  /** Orders of that month that name it, cancelled ones too: they show demand as well. */
  readonly orders: number;
}

/** A product for sale, with how often it was ordered. */
export const PopularProductSchema = strict(
  {
    product: ProductSchema,
    orders: Type.Integer({ description: 'Orders of this month and the last that name it.' }),
  },
  { $id: 'PopularProduct' },
);
