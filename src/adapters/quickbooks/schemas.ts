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
