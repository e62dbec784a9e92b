import { Type } from '@sinclair/typebox';

import { PRODUCT_FIELDS } from '../../../domain/catalog/index.ts';
import { Id, oneOf } from '../../../domain/kernel/schema.ts';
import { written } from '../../schemas.ts';

export const ProductParams = Type.Object({ productId: Id });

/** The product right after the command, also when the command is repeated later. */
export const ProductResponse = Type.Object(
  {
    productId: Type.String(),
    status: oneOf(['live', 'deleted']),
    ...PRODUCT_FIELDS,
    ...written,
  },
  { $id: 'ProductResponse' },
);
