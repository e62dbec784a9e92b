import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { Day, described, eventData, Id, Name, oneOf, strict } from '../kernel/schema.ts';
import { BOOKS_KINDS, MODIFIER_STYLES } from './mapping.ts';

/** Accounting systems that sales are posted to. */
export const BOOKS_PROVIDERS = ['quickbooks'] as const;
export type BooksProvider = (typeof BOOKS_PROVIDERS)[number];
/** Things without a target that one sale can add to the worklist. */
export const MAX_MISSING_AT_ONCE = 100;

export const BooksProviderSchema = oneOf(BOOKS_PROVIDERS, 'The accounting system.');
export const BooksKindSchema = oneOf(BOOKS_KINDS, 'What is mapped.');
export const BooksKey = Type.String({
  minLength: 1,
  maxLength: 200,
  description:
    'The id at the shop, or the name where there is no id; of a `role`, its name, such as `item`.',
});
export const BooksTarget = Type.String({
  pattern: '^[ -~]{1,50}$',
  description: 'The id at the provider: of an item, account, customer, class or payment method.',
});
export const ModifierStyleSchema = oneOf(
  MODIFIER_STYLES,
  'Modifiers are `lines` of their own, or `folded` into the line that they belong to.',
);

export const MissingTarget = strict({
  kind: BooksKindSchema,
  key: BooksKey,
  name: described(Name, 'For people.'),
});
export type MissingTarget = Readonly<Static<typeof MissingTarget>>;

const provider = BooksProviderSchema;

export const booksEvents = defineEvents({
  BooksTargetSet: eventData('Something of the shop goes to this in the books from now on.', {
    provider,
    kind: BooksKindSchema,
    key: BooksKey,
    target: BooksTarget,
    previous: Type.Optional(described(BooksTarget, 'Where it went before.')),
  }),
  BooksTargetRemoved: eventData('Something of the shop goes to the fallback from now on.', {
    provider,
    kind: BooksKindSchema,
    key: BooksKey,
    previous: described(BooksTarget, 'Where it went before.'),
  }),
  ModifierStyleChanged: eventData('Modifiers are written to the books in another way.', {
    provider,
    modifiers: ModifierStyleSchema,
  }),
  BooksStartChosen: eventData('Sales from this day on go to the books, whenever they were sold.', {
    provider,
    firstDay: described(Day, 'The first business day.'),
    previous: Type.Optional(described(Day, 'The first business day before.')),
  }),
  BooksTargetsMissing: eventData('A sale had things without a target: a person maps them.', {
    provider,
    orderId: described(Id, 'The order that was sold.'),
    missing: Type.Array(MissingTarget, {
      minItems: 1,
      maxItems: MAX_MISSING_AT_ONCE,
      description: 'What went to the fallback, each of it for the first time.',
    }),
  }),
});

export type BooksEvent = EventOf<typeof booksEvents>;
