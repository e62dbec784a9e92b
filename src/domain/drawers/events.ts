import { type Static, type TProperties, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import {
  Currency,
  Day,
  described,
  eventData,
  Id,
  Instant,
  Minor,
  Name,
  oneOf,
  Positive,
  Signed,
  strict,
  Text,
} from '../kernel/schema.ts';
import { PAYMENT_METHODS } from '../kernel/tender.ts';

/** What moves money while a drawer session runs. Cash and adjustments are entered by a person. */
export const DRAWER_ENTRY_KINDS = [
  'sale',
  'tip',
  'refund',
  'account_payment',
  'account_payout',
  'cash_in',
  'cash_out',
  'adjustment',
] as const;
export type DrawerEntryKind = (typeof DRAWER_ENTRY_KINDS)[number];

export const MAX_DENOMINATIONS = 50;
/** Unfinished orders that a session keeps apart; of further ones only their number is known. */
export const MAX_UNFINISHED = 500;

/** So many coins or notes of one value. */
const Denomination = strict({
  valueMinor: described(Positive, 'Value of one coin or note, in minor units.'),
  count: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'How many there are.' }),
});
export const Denominations = Type.Array(Denomination, {
  maxItems: MAX_DENOMINATIONS,
  description: 'Coins and notes by value, each value once; empty for an empty drawer.',
});

const Unfinished = Type.Array(
  strict({
    orderId: Id,
    dueMinor: described(
      Type.Union([Minor, Type.Null()]),
      'Amount due after its last payment here; `null`: the till named the order only.',
    ),
  }),
  { maxItems: MAX_UNFINISHED, description: 'Orders that are not fully paid, listed apart.' },
);

const drawerEvent = <P extends TProperties>(description: string, properties: P) =>
  eventData(description, {
    drawerId: described(Id, 'The drawer session.'),
    tillId: described(Id, 'The till.'),
    currency: described(Currency, 'ISO 4217 code of all amounts.'),
    businessDay: described(Day, "The shop's business day of this event."),
    ...properties,
  });

const expectedMinor = described(Signed, 'The cash that should be in the drawer after this event.');
const varianceMinor = described(Signed, 'Counted less expected: negative when cash is missing.');
const countedMinor = described(Minor, 'The cash that was counted.');
const countId = described(Id, 'The count.');
const ApprovedBy = described(Name, 'Name of the person who approved it.');
const By = (what: string) => Type.Optional(described(Name, `Name of the person who ${what}.`));

/** `cashMinor` is its effect on the drawer: a card payment has 0, change is never in it. */
const entry = {
  entryId: described(Id, 'The payment, changed tip, refund, payout, movement or adjustment.'),
  kind: oneOf(DRAWER_ENTRY_KINDS, 'What moved the money.'),
  orderId: described(Type.Optional(Id), 'The order, for sales and refunds.'),
  customerId: described(Type.Optional(Id), 'The customer, for account payments and payouts.'),
  method: Type.Optional(oneOf(PAYMENT_METHODS, 'How it was paid.')),
  amountMinor: described(Minor, 'The amount, without the tip.'),
  tipMinor: described(Signed, 'The tip, in addition to the amount; negative where it was lowered.'),
  cashMinor: described(Signed, 'Its effect on the cash in the drawer; 0 for a card.'),
  dueMinor: described(Type.Optional(Minor), 'Amount still due on the order after it.'),
  reason: described(Type.Optional(Text), 'Why, in words.'),
  approvedBy: Type.Optional(ApprovedBy),
};

export const drawerEvents = defineEvents({
  DrawerOpened: drawerEvent('A till began a drawer session with an opening float.', {
    branchId: described(Type.Optional(Id), 'The branch.'),
    openingFloatMinor: described(Minor, 'The cash that was in the drawer at the start.'),
    varianceLimitMinor: described(Minor, 'The largest variance that needs no approval.'),
    openedBy: By('opened it'),
    expectedMinor,
  }),
  DrawerEntryRecorded: drawerEvent('Money moved at the till: a sale, a refund, or cash by hand.', {
    ...entry,
    expectedMinor,
  }),
  DrawerCounted: drawerEvent('The cash in the drawer was counted.', {
    countId,
    denominations: Denominations,
    countedMinor,
    expectedMinor,
    varianceMinor,
    needsApproval: Type.Boolean({ description: 'Whether the variance is above the limit.' }),
    countedBy: By('counted it'),
  }),
  DrawerVarianceApproved: drawerEvent('The variance of a count above the limit was approved.', {
    countId,
    varianceMinor,
    reason: described(Text, 'Why, in words.'),
    approvedBy: ApprovedBy,
  }),
  /** Final: facts that arrive later are recorded as DrawerCorrected and change nothing here. */
  DrawerClosed: drawerEvent('The drawer session was closed with its last count.', {
    closeId: described(Id, 'The close, for corrections to refer to.'),
    countId,
    expectedMinor,
    countedMinor,
    varianceMinor,
    approvedBy: Type.Optional(ApprovedBy),
    closedBy: By('closed it'),
    unfinished: Unfinished,
  }),
  DrawerCorrected: drawerEvent('A fact that arrived after the close corrects its figures.', {
    closeId: described(Id, 'The close that it corrects.'),
    ...entry,
    expectedMinor: described(Signed, 'The cash that should have been there, with this fact.'),
    varianceMinor: described(Signed, 'Counted less expected, with this fact.'),
  }),
});

export type Denomination = Static<typeof Denomination>;
export type DrawerEvent = EventOf<typeof drawerEvents>;
export type DrawerOpened = EventOf<typeof drawerEvents, 'DrawerOpened'>;
export type DrawerEntryRecorded = EventOf<typeof drawerEvents, 'DrawerEntryRecorded'>;
export type DrawerCounted = EventOf<typeof drawerEvents, 'DrawerCounted'>;
export type DrawerVarianceApproved = EventOf<typeof drawerEvents, 'DrawerVarianceApproved'>;
export type DrawerClosed = EventOf<typeof drawerEvents, 'DrawerClosed'>;
export type DrawerCorrected = EventOf<typeof drawerEvents, 'DrawerCorrected'>;

export const tillEvents = defineEvents({
  TillClaimed: eventData('A till was given to a drawer session: no other can be opened at it.', {
    tillId: described(Id, 'The till.'),
    drawerId: described(Id, 'The drawer session, which is opened next.'),
    claimedAt: described(Instant, 'When, in UTC.'),
  }),
});

export type TillEvent = EventOf<typeof tillEvents>;

export const DRAWER_SCHEMAS = { unfinished: Unfinished };
