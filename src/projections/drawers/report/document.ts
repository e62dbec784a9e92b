import { type Static, Type } from '@sinclair/typebox';

import { oneOf } from '../../../domain/kernel/schema.ts';
import { DrawerSchema } from '../document.ts';

const { openingFloatMinor, cash, methods, refundedMinor, unfinished, corrections } =
  DrawerSchema.properties;

/** `X`: the figures of a running session. `Z`: those of its close, and what corrected them. */
export const DrawerReportSchema = Type.Object(
  {
    kind: oneOf(['X', 'Z']),
    drawerId: Type.String(),
    tillId: Type.String(),
    currency: Type.String(),
    businessDay: Type.String(),
    openedAt: Type.String(),
    closedAt: Type.Optional(Type.String()),
    openingFloatMinor,
    cash,
    expectedMinor: Type.Integer({ description: 'At the close, or now for an X report.' }),
    countedMinor: Type.Optional(Type.Integer()),
    varianceMinor: Type.Optional(Type.Integer()),
    approvedBy: Type.Optional(Type.String()),
    sales: Type.Object({
      payments: Type.Integer(),
      amountMinor: Type.Integer({ description: 'Without tips.' }),
      tipMinor: Type.Integer(),
      refundedMinor,
      netMinor: Type.Integer({ description: 'Amount and tips less refunds.' }),
    }),
    methods,
    unfinished,
    corrections,
    correctedExpectedMinor: Type.Integer({ description: 'Expected cash with the corrections.' }),
    correctedVarianceMinor: Type.Optional(Type.Integer()),
  },
  { $id: 'DrawerReport' },
);

export type DrawerReport = Static<typeof DrawerReportSchema>;

/** Characters per line of a receipt printer: 80 mm paper has 42 or 48, 58 mm has 32. */
export const MIN_PRINTER_WIDTH = 32;
export const MAX_PRINTER_WIDTH = 64;
export const DEFAULT_PRINTER_WIDTH = 42;
