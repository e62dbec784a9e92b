import { Type } from '@sinclair/typebox';

import { translate } from '../../../commands/books/translate.ts';
import {
  booksCommands,
  booksDecider,
  BooksProviderSchema,
  type BooksState,
  MissingTarget,
  ModifierStyleSchema,
  PARK_CODES,
  QUICKBOOKS_ENTITIES,
  quickBooksOf,
  type Translation,
} from '../../../domain/books/index.ts';
import { NotFoundError } from '../../../domain/kernel/errors.ts';
import { described, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import { orderDecider } from '../../../domain/orders/index.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { BooksMappingSchema, WorklistEntry } from '../../../projections/books/document.ts';
import { findBooksMapping } from '../../../projections/books/queries.ts';
import { commandRoutes } from '../../command.ts';
import { query } from '../../query.ts';
import { orNotFound, writtenAt } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { written } from '../../schemas.ts';
import { OrderParams } from '../orders/schemas.ts';

const tag = 'Books';
const base = '/integrations/:booksProvider/books';
const params = Type.Object({ booksProvider: BooksProviderSchema });
const READ = 'mappings:read';
const WRITE = 'mappings:write';

const Count = Type.Integer({ description: 'How many.' });
const ResponseSchema = Type.Object(
  {
    modifiers: ModifierStyleSchema,
    targetCount: described(Count, 'Things with a target of their own.'),
    worklistCount: described(Count, 'Things that went to the fallback.'),
    ...written,
  },
  { additionalProperties: false, $id: 'BooksMappingChanged' },
);

const command = commandRoutes({
  tag,
  decider: booksDecider,
  commands: booksCommands,
  id: 'booksProvider',
  response: ResponseSchema,
  respond(result) {
    const state: BooksState = result.state;
    return {
      modifiers: state.modifiers,
      targetCount: Object.keys(state.targets).length,
      worklistCount: Object.keys(state.missing).length,
      ...writtenAt(result),
    };
  },
});

const PreviewSchema = strict(
  {
    outcome: oneOf(['document', 'parked'], 'Whether the order can be posted as it is.'),
    entity: optional(oneOf(Object.values(QUICKBOOKS_ENTITIES), 'Its name at QuickBooks.')),
    document: optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'As it is sent to QuickBooks.' }),
    ),
    totalMinor: optional(Type.Integer({ description: 'What the document comes to.' })),
    code: optional(oneOf(PARK_CODES, 'Why it is parked.')),
    reason: optional(Type.String({ description: 'For people.' })),
    expectedMinor: optional(Type.Integer({ description: "The order's total." })),
    foundMinor: optional(Type.Integer({ description: 'What its receipt comes to.' })),
    unmapped: Type.Array(MissingTarget, { description: 'What goes to the fallback.' }),
  },
  { $id: 'ReceiptPreview' },
);

function previewOf(translation: Translation) {
  const unmapped = [...translation.unmapped];
  if (translation.outcome === 'parked') {
    const { outcome, code, reason, expectedMinor, foundMinor } = translation;
    return { outcome, code, reason, ...omitUndefined({ expectedMinor, foundMinor }), unmapped };
  }
  const { document } = translation;
  const entity = QUICKBOOKS_ENTITIES[document.kind];
  const { totalMinor } = document;
  return {
    ...{ outcome: 'document' as const, entity, document: quickBooksOf(document) },
    ...{ totalMinor, unmapped },
  };
}

/** How sales go to the books. */
export const booksRoutes: readonly Route[] = [
  query({
    path: base,
    operationId: 'getBooksMapping',
    summary: 'What goes where in the books',
    tag,
    permission: READ,
    params,
    response: BooksMappingSchema,
    errors: ['books_mapping_not_found'],
    async read({ params: { booksProvider }, reads, caller }) {
      const found = await findBooksMapping(reads, caller.shop.id, booksProvider);
      return orNotFound(found, 'books_mapping_not_found', `mapping to ${booksProvider}`);
    },
    revision: ({ revision }) => revision,
  }),
  query({
    path: `${base}/worklist`,
    operationId: 'getBooksWorklist',
    summary: 'What went to the fallback, and has to be mapped',
    tag,
    permission: READ,
    params,
    response: strict(
      { items: Type.Array(WorklistEntry, { description: 'The oldest first.' }) },
      { $id: 'BooksWorklist' },
    ),
    errors: ['books_mapping_not_found'],
    async read({ params: { booksProvider }, reads, caller }) {
      const found = await findBooksMapping(reads, caller.shop.id, booksProvider);
      const { worklist } = orNotFound(
        found,
        'books_mapping_not_found',
        `mapping to ${booksProvider}`,
      );
      return { items: worklist };
    },
  }),
  command('SetBooksTarget', {
    method: 'put',
    path: `${base}/targets`,
    operationId: 'setBooksTarget',
    summary: 'Say where something goes in the books',
    description:
      'The role `item` is the fallback for all that has no target; nothing is posted without it. Other roles: `modifier`, `tip`, `service_charge`, `tax`, `rounding`, `discount_account`, `deposit_account`, `customer`, `mixed_payment`, `department`, `class`, `tax_code`, and for payouts `bank_account` and `fee_account`.',
    permission: WRITE,
    params,
    example: { kind: 'role', key: 'item', target: '1' },
    errors: ['unknown_books_role', 'too_many_books_targets'],
  }),
  command('RemoveBooksTarget', {
    path: `${base}/targets/remove`,
    operationId: 'removeBooksTarget',
    summary: 'Let something go to the fallback again',
    permission: 'mappings:delete',
    params,
    example: { kind: 'role', key: 'item' },
    errors: ['books_target_not_found'],
  }),
  command('ChangeModifierStyle', {
    method: 'put',
    path: `${base}/modifier-style`,
    operationId: 'changeModifierStyle',
    summary: 'Write modifiers as lines of their own, or fold them into their line',
    permission: WRITE,
    params,
    example: { modifiers: 'lines' },
  }),
  command('ChooseBooksStart', {
    method: 'put',
    path: `${base}/start`,
    operationId: 'chooseBooksStart',
    summary: 'Choose the first day whose sales go to the books',
    description:
      'Without it, what was sold before the connection is not posted. With it, a sale goes there when it is of that business day or a later one, and with it all its refunds. Sales of the past are posted when something happens to them, or when the reconciliation corrects them.',
    permission: WRITE,
    params,
    example: { firstDay: '2026-01-01' },
  }),
  route({
    method: 'get',
    path: '/orders/:orderId/receipt-preview',
    operationId: 'previewReceipt',
    summary: 'The receipt that an order becomes at QuickBooks; nothing is sent',
    description:
      'Sales on account become an invoice. A receipt that does not come to the total of its order is `parked`, with both sums.',
    tag,
    permission: READ,
    params: OrderParams,
    status: 200,
    response: PreviewSchema,
    write: false,
    errors: ['order_not_found'],
    async handle({ params: { orderId }, caller }, { commands, digest }) {
      const { id: storeId } = caller.shop;
      const { state: order } = await commands.load(orderDecider, storeId, orderId);
      if (order.status === 'none') {
        throw new NotFoundError('order_not_found', `there is no order ${orderId}`, { orderId });
      }
      const { state: mapping } = await commands.load(booksDecider, storeId, 'quickbooks');
      const translation = translate(digest, storeId, order, mapping);
      return { status: 200, body: previewOf(translation) };
    },
  }),
];
