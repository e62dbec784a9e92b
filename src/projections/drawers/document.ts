import { type Static, Type } from '@sinclair/typebox';

import { DRAWER_ENTRY_KINDS, DRAWER_SCHEMAS } from '../../domain/drawers/events.ts';
import { oneOf } from '../../domain/kernel/schema.ts';
import { PAYMENT_METHODS } from '../../domain/kernel/tender.ts';

const closed = { additionalProperties: false };
const text = Type.String();
const minor = Type.Integer();

/** Corrections that a document lists; of older ones only their sum is in it. */
export const MAX_LISTED_CORRECTIONS = 100;

const Count = Type.Object(
  {
    countId: text,
    countedMinor: minor,
    expectedMinor: minor,
    varianceMinor: Type.Integer({ description: 'Counted less expected.' }),
    needsApproval: Type.Boolean(),
    approvedBy: Type.Optional(text),
    countedBy: Type.Optional(text),
    outdated: Type.Boolean({ description: 'Cash has moved since: count again.' }),
  },
  closed,
);

const Close = Type.Object(
  {
    closeId: text,
    closedAt: text,
    businessDay: text,
    expectedMinor: minor,
    countedMinor: minor,
    varianceMinor: minor,
    approvedBy: Type.Optional(text),
    closedBy: Type.Optional(text),
    unfinished: DRAWER_SCHEMAS.unfinished,
  },
  { ...closed, description: 'The figures of the close; later facts do not change them.' },
);

const Correction = Type.Object(
  {
    entryId: text,
    kind: oneOf(DRAWER_ENTRY_KINDS),
    orderId: Type.Optional(text),
    customerId: Type.Optional(text),
    method: Type.Optional(oneOf(PAYMENT_METHODS)),
    amountMinor: minor,
    tipMinor: minor,
    cashMinor: minor,
    reason: Type.Optional(text),
    approvedBy: Type.Optional(text),
    at: text,
  },
  closed,
);

/** Cash by what moved it. Float + all of these = expected cash. */
const Cash = Type.Object(
  {
    salesMinor: minor,
    refundsMinor: Type.Integer({ description: 'Negative or 0.' }),
    accountPaymentsMinor: minor,
    accountPayoutsMinor: Type.Integer({ description: 'Negative or 0.' }),
    paidInMinor: minor,
    paidOutMinor: Type.Integer({ description: 'Negative or 0.' }),
  },
  { ...closed, description: 'Cash by what moved it, until the close.' },
);

export const DrawerSchema = Type.Object(
  {
    drawerId: text,
    revision: Type.Integer(),
    status: oneOf(['open', 'closed']),
    tillId: text,
    branchId: Type.Optional(text),
    currency: text,
    openedOn: Type.String({ description: 'Business day on which it was opened.' }),
    openedAt: text,
    openedBy: Type.Optional(text),
    openingFloatMinor: minor,
    expectedMinor: Type.Integer({ description: 'Expected cash, with all corrections.' }),
    varianceLimitMinor: minor,
    cash: Cash,
    methods: Type.Array(
      Type.Object(
        {
          method: oneOf(PAYMENT_METHODS),
          payments: Type.Integer({ description: 'Number of payments of orders.' }),
          amountMinor: minor,
          tipMinor: minor,
        },
        closed,
      ),
      { description: 'Payments of orders by method, until the close.' },
    ),
    refundedMinor: Type.Integer({ description: 'Refunded by all methods, until the close.' }),
    unfinished: DRAWER_SCHEMAS.unfinished,
    count: Type.Optional(Count),
    close: Type.Optional(Close),
    corrections: Type.Object(
      {
        count: Type.Integer(),
        cashMinor: Type.Integer({ description: 'Their sum.' }),
        last: Type.Array(Correction, { description: 'The newest ones.' }),
      },
      { ...closed, description: 'Facts that arrived after the close.' },
    ),
  },
  { ...closed, $id: 'Drawer' },
);

export type Drawer = Static<typeof DrawerSchema>;
