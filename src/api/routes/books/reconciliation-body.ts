import { type Static, Type } from '@sinclair/typebox';

import type { Days } from '../../../commands/books/read-provider.ts';
import {
  type Reconciliation,
  type Source,
  type Variance,
  varianceMinor,
} from '../../../commands/books/reconcile.ts';
import { postingOf } from '../../../commands/books/request-posting.ts';
import { FIXES, VARIANCE_CAUSES } from '../../../domain/books/index.ts';
import { Day, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';

/** Rows of one response; `rowsLeft` says how many there are besides. */
const MAX_ROWS = 1_000;

const Minor = Type.Integer();
const Unread = Type.Null({ description: 'It was not read.' });
const SumSchema = strict({
  count: Type.Integer({ description: 'How many.' }),
  totalMinor: Minor,
});
export const SourceSchema = strict({
  isRead: Type.Boolean({ description: 'Whether all of it was read.' }),
  code: optional(Type.String({ description: 'Why not.' })),
});

const DaySchema = strict({
  day: Day,
  location: Type.String({ description: 'Of Square; empty for what was not sold there.' }),
  square: Type.Union([SumSchema, Unread]),
  tillstream: SumSchema,
  quickbooks: Type.Union([SumSchema, Unread]),
  refunds: strict({ tillstream: SumSchema, quickbooks: Type.Union([SumSchema, Unread]) }),
});

const DocumentSchema = strict({
  entity: Type.String({ description: 'Its kind at QuickBooks.' }),
  id: Type.String(),
  number: Type.String(),
  day: Day,
  totalMinor: Minor,
});

const RowSchema = strict({
  squareOrderId: Type.Union([Type.String(), Type.Null()]),
  orderId: optional(Type.String()),
  refundId: optional(Type.String({ description: 'The row is of this refund.' })),
  correctionId: optional(
    Type.String({ description: 'The row is of this change of the sale after it was sold.' }),
  ),
  day: Day,
  location: Type.String(),
  squareAmountMinor: Type.Union([Minor, Type.Null()]),
  amountMinor: Type.Union([Minor, Type.Null()], { description: 'As it is here.' }),
  qbAmountMinor: Type.Union([Minor, Type.Null()], { description: 'Null: there is no receipt.' }),
  varianceMinor: Type.Integer({ description: 'What should be in the books, less what is.' }),
  cause: oneOf(VARIANCE_CAUSES, 'Why.'),
  fix: oneOf(FIXES, 'What corrects it.'),
  command: Type.String({ description: 'The one command that corrects it.' }),
  documents: Type.Array(DocumentSchema, { description: 'What the books have of it.' }),
});

export const ReconciliationSchema = strict(
  {
    from: Day,
    to: Day,
    square: SourceSchema,
    quickbooks: SourceSchema,
    comparedCount: Type.Integer({ description: 'Sales and refunds that were compared.' }),
    notAtSquareCount: Type.Integer({
      description: 'Imported sales that Square does not show for those days.',
    }),
    items: Type.Array(DaySchema, { description: 'The sums, by business day and location.' }),
    rows: Type.Array(RowSchema, { description: 'What is not the same everywhere.' }),
    rowsLeft: Type.Integer({ description: 'Rows that did not fit.' }),
  },
  { $id: 'Reconciliation' },
);

type Body = Static<typeof ReconciliationSchema>;

export function reconciliationBody(found: Reconciliation, { from, to }: Days): Body {
  const { variances, comparedCount, notAtSquareCount } = found;
  return {
    ...{ from, to, comparedCount, notAtSquareCount },
    square: sourceOf(found.square),
    quickbooks: sourceOf(found.quickbooks),
    items: found.days.map((each) => ({ ...each, refunds: { ...each.refunds } })),
    rows: variances.slice(0, MAX_ROWS).map(rowOf),
    rowsLeft: Math.max(0, variances.length - MAX_ROWS),
  };
}

const sourceOf = (source: Source) =>
  source.isRead ? { isRead: true } : { isRead: false, code: source.code };

function rowOf(found: Variance): Body['rows'][number] {
  const { own, square, entries, cause, fix } = found;
  const [first] = entries ?? [];
  const sum = entries?.reduce((total, { totalMinor }) => total + totalMinor, 0);
  return {
    squareOrderId: square?.id ?? own?.squareOrderId ?? null,
    ...omitUndefined({ orderId: own?.orderId, refundId: own?.refundId }),
    ...omitUndefined({ correctionId: own?.correctionId }),
    day: own?.day ?? square?.day ?? first?.day ?? '',
    location: square?.location ?? '',
    squareAmountMinor: square?.totalMinor ?? null,
    amountMinor: own?.totalMinor ?? null,
    qbAmountMinor: first && sum !== undefined ? sum : null,
    varianceMinor: varianceMinor(found),
    ...{ cause, fix, command: commandOf(found) },
    documents: (entries ?? []).map(({ entity, id, number, day, totalMinor }) => ({
      ...{ entity, id, number, day, totalMinor },
    })),
  };
}

function commandOf({ own, square, entries = [], fix }: Variance): string {
  const { orderId = '', refundId, correctionId } = own ?? {};
  const of = omitUndefined({ refundId, correctionId });
  switch (fix) {
    case 'import':
      return `tillstream reconcile import ${square?.id ?? own?.squareOrderId ?? ''}`;
    case 'retry':
      return `tillstream deliveries retry ${postingOf({ orderId, ...of })}`;
    case 'wait':
      return 'tillstream deliveries list --channel books --state waiting';
    case 'settle': {
      const refund = refundId === undefined ? '' : ` --refund ${refundId}`;
      const correction = correctionId === undefined ? '' : ` --correction ${correctionId}`;
      const documents = entries.map(({ entity, id }) => ` --document ${entity}:${id}`);
      return `tillstream reconcile settle ${orderId}${refund}${correction}${documents.join('')}`;
    }
  }
}
