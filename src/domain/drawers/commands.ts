import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import {
  Currency,
  described,
  Id,
  Minor,
  Name,
  oneOf,
  optional,
  Positive,
  Signed,
  strict,
  Text,
} from '../kernel/schema.ts';
import { PAYMENT_METHODS } from '../kernel/tender.ts';
import { Denominations, MAX_UNFINISHED } from './events.ts';

export const drawerCommands = defineCommands({
  OpenDrawer: strict({
    tillId: described(Id, 'The till.'),
    branchId: optional(described(Id, 'The branch.')),
    currency: Currency,
    openingFloatMinor: described(Minor, 'The cash in the drawer now.'),
    openedBy: optional(Name),
  }),
  /** Cash that is put in or taken out by hand, such as change from the bank or a delivery paid. */
  MoveCash: strict({
    direction: oneOf(['in', 'out']),
    amountMinor: Positive,
    currency: Currency,
    reason: Text,
    approvedBy: optional(Name),
  }),
  /** What was recorded elsewhere, or happened at an offline till. Its id makes it count once. */
  RecordDrawerEntry: strict({
    entryId: Id,
    kind: oneOf([
      ...(['sale', 'tip', 'refund', 'account_payment', 'account_payout'] as const),
      ...(['cash_in', 'cash_out'] as const),
    ]),
    orderId: optional(Id),
    customerId: optional(Id),
    method: optional(oneOf(PAYMENT_METHODS)),
    amountMinor: Minor,
    tipMinor: Signed,
    cashMinor: Signed,
    dueMinor: optional(Minor),
    currency: Currency,
    reason: optional(Text),
    approvedBy: optional(Name),
  }),
  CountDrawer: strict({
    denominations: Denominations,
    countedBy: optional(Name),
  }),
  /** Accepts the variance of the last count. */
  ApproveVariance: strict({ reason: Text, approvedBy: Name }),
  CloseDrawer: strict({
    closedBy: optional(Name),
    unfinishedOrderIds: optional(
      Type.Array(Id, {
        maxItems: MAX_UNFINISHED,
        description: 'Orders of this till without a payment that are still open, if any.',
      }),
    ),
  }),
  /** Corrects the expected cash of a closed session by hand. */
  CorrectDrawer: strict({
    cashMinor: described(Signed, 'Added to the expected cash; negative lowers it; not 0.'),
    currency: Currency,
    reason: Text,
    approvedBy: Name,
  }),
});

export type DrawerCommand = CommandOf<typeof drawerCommands>;
export type OpenDrawer = CommandOf<typeof drawerCommands, 'OpenDrawer'>;
export type MoveCash = CommandOf<typeof drawerCommands, 'MoveCash'>;
export type RecordDrawerEntry = CommandOf<typeof drawerCommands, 'RecordDrawerEntry'>;
export type CountDrawer = CommandOf<typeof drawerCommands, 'CountDrawer'>;
export type ApproveVariance = CommandOf<typeof drawerCommands, 'ApproveVariance'>;
export type CloseDrawer = CommandOf<typeof drawerCommands, 'CloseDrawer'>;
export type CorrectDrawer = CommandOf<typeof drawerCommands, 'CorrectDrawer'>;

export const tillCommands = defineCommands({
  /** `from`: the session that had the till before. */
  ClaimTill: strict({ drawerId: Id, from: optional(Id) }),
});

export type TillCommand = CommandOf<typeof tillCommands>;
