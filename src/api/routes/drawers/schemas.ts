import { Type } from '@sinclair/typebox';

import { DRAWER_SCHEMAS } from '../../../domain/drawers/index.ts';
import { described, Id, oneOf } from '../../../domain/kernel/schema.ts';
import {
  DEFAULT_PRINTER_WIDTH,
  MAX_PRINTER_WIDTH,
  MIN_PRINTER_WIDTH,
} from '../../../projections/drawers/report/document.ts';
import { written } from '../../schemas.ts';

export const DrawerParams = Type.Object({ drawerId: Id });

/** The drawer session right after the command. */
export const DrawerResponse = Type.Object(
  {
    drawerId: Type.String(),
    status: oneOf(['open', 'closed']),
    tillId: Type.String(),
    currency: Type.String(),
    expectedMinor: Type.Integer({ description: 'The cash that should be in the drawer.' }),
    countedMinor: Type.Optional(Type.Integer()),
    varianceMinor: Type.Optional(
      Type.Integer({ description: 'Counted less expected cash at the last count.' }),
    ),
    needsApproval: Type.Optional(
      Type.Boolean({ description: 'The variance is above the limit and not approved.' }),
    ),
    approvedBy: Type.Optional(Type.String()),
    closeId: Type.Optional(Type.String()),
    unfinished: DRAWER_SCHEMAS.unfinished,
    ...written,
  },
  { $id: 'DrawerResponse' },
);

export const WidthQuery = Type.Object({
  width: Type.Optional(
    described(
      Type.Integer({ minimum: MIN_PRINTER_WIDTH, maximum: MAX_PRINTER_WIDTH }),
      `Characters per line; ${DEFAULT_PRINTER_WIDTH} by default.`,
    ),
  ),
});
