import { Type } from '@sinclair/typebox';

export const ReceiptSchema = Type.Object({
  Id: Type.String({ minLength: 1 }),
  TotalAmt: Type.Number(),
  DocNumber: Type.Optional(Type.String()),
  CurrencyRef: Type.Optional(Type.Object({ value: Type.String() })),
  MetaData: Type.Object({ LastUpdatedTime: Type.String() }),
});

/** Of changed data: a deleted one has its id alone. */
const ChangedReceipt = Type.Union([
  ReceiptSchema,
  Type.Object({ Id: Type.String(), status: Type.Literal('Deleted') }),
]);

export const ReceiptResponse = Type.Object({ SalesReceipt: ReceiptSchema });

export const ChangesResponse = Type.Object({
  CDCResponse: Type.Array(
    Type.Object({
      QueryResponse: Type.Array(
        Type.Object({ SalesReceipt: Type.Optional(Type.Array(ChangedReceipt)) }),
      ),
    }),
  ),
});

export const CompanyResponse = Type.Object({
  CompanyInfo: Type.Object({ CompanyName: Type.String() }),
});

/** Of a sales receipt, refund receipt or invoice. */
export const BookedSchema = Type.Object({
  Id: Type.String({ minLength: 1 }),
  TotalAmt: Type.Number(),
  CurrencyRef: Type.Optional(Type.Object({ value: Type.String() })),
});

const Line = Type.Object({
  Amount: Type.Optional(Type.Number()),
  Description: Type.Optional(Type.String()),
  SalesItemLineDetail: Type.Optional(
    Type.Object({ ItemRef: Type.Optional(Type.Object({ value: Type.String() })) }),
  ),
});

/** The same, with all that a comparison needs. */
export const KeptSchema = Type.Object({
  ...BookedSchema.properties,
  SyncToken: Type.String(),
  TxnDate: Type.String(),
  DocNumber: Type.Optional(Type.String()),
  PrivateNote: Type.Optional(Type.String()),
  Line: Type.Optional(Type.Array(Line)),
});
