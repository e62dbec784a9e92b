import { type Static, Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import {
  Currency,
  Day,
  described,
  Id,
  MAX_TEXT_LENGTH,
  Minor,
  oneOf,
  optional,
  Positive,
  strict,
  Text,
} from '../kernel/schema.ts';
import { ACCOUNT_PAYMENT_METHODS, DEBT_KINDS } from './events.ts';

const MAX_ALLOCATIONS = 500;
const Contact = Type.String({ maxLength: MAX_TEXT_LENGTH });
const Limit = Type.Union([Minor, Type.Null()], { description: 'null: no limit.' });
const Blocking = Type.Boolean({ description: 'No sale on account while a debt is overdue.' });

/** How much of a payment or of credit goes to which debt, in minor units. */
const AllocationRequest = strict({ debtId: Id, amountMinor: Positive });
const Allocations = Type.Array(AllocationRequest, {
  maxItems: MAX_ALLOCATIONS,
  description:
    'Which debts it pays; an empty list pays none. Without it, the oldest first. The rest becomes credit.',
});
const AllocationReason = described(Text, 'Required with allocations.');

const Drawer = optional(described(Id, 'The drawer session of the till, whose cash it moves.'));

export const accountCommands = defineCommands({
  /** Opens the account of the customer whose id is the command's entity. */
  OpenAccount: strict({
    currency: Currency,
    name: Text,
    phone: optional(Contact),
    email: optional(Contact),
    creditLimitMinor: optional(Limit),
    blockWhenOverdue: optional(Blocking),
  }),
  ChangeTerms: strict(
    { creditLimitMinor: optional(Limit), blockWhenOverdue: optional(Blocking) },
    { minProperties: 1, description: 'What is absent stays as it is.' },
  ),
  ChangeContact: strict(
    {
      name: optional(Text),
      phone: optional(described(Contact, 'An empty text removes it.')),
      email: optional(described(Contact, 'An empty text removes it.')),
    },
    { minProperties: 1, description: 'What is absent stays as it is.' },
  ),
  /** Removes name, phone number and email for ever; debts and credit stay. */
  ErasePersonalData: strict({
    reason: described(Text, 'Why, such as the request of the customer. Without personal data.'),
  }),
  /** The debt's id is `<customer>:<command>`. Kind: `sale` with an order, else `direct`. */
  OpenDebt: strict({
    amountMinor: Positive,
    currency: Currency,
    dueDate: optional(described(Day, 'The last day on which it is not overdue.')),
    note: optional(Text),
    orderId: optional(Id),
    kind: optional(oneOf(DEBT_KINDS)),
  }),
  /** The payment's id is `<customer>:<command>`. */
  RecordAccountPayment: strict({
    method: oneOf(ACCOUNT_PAYMENT_METHODS),
    amountMinor: Positive,
    currency: Currency,
    tenderedMinor: optional(
      described(Positive, 'Cash handed over; what exceeds the amount is the change.'),
    ),
    reference: optional(Text),
    allocations: optional(Allocations),
    reason: optional(AllocationReason),
    drawerId: Drawer,
  }),
  /** Goods of a sale on account came back. The refund's id makes it count once. */
  CreditReturn: strict({ refundId: Id, orderId: Id, amountMinor: Positive, currency: Currency }),
  /** Pays credit out as cash. The payout's id is `<customer>:<command>`. */
  PayOutCash: strict({ amountMinor: Positive, currency: Currency, reason: Text, drawerId: Drawer }),
  WriteOffDebt: strict({
    debtId: Id,
    amountMinor: optional(described(Positive, 'All that is open when absent.')),
    reason: Text,
    approvedBy: Text,
  }),
  /** Pays open debts from existing credit. */
  AllocateCredit: strict({
    allocations: optional(Allocations),
    reason: optional(AllocationReason),
  }),
});

export type AllocationRequest = Readonly<Static<typeof AllocationRequest>>;
export type AccountCommand = CommandOf<typeof accountCommands>;
export type OpenAccount = CommandOf<typeof accountCommands, 'OpenAccount'>;
export type ChangeTerms = CommandOf<typeof accountCommands, 'ChangeTerms'>;
export type ChangeContact = CommandOf<typeof accountCommands, 'ChangeContact'>;
export type ErasePersonalData = CommandOf<typeof accountCommands, 'ErasePersonalData'>;
export type OpenDebt = CommandOf<typeof accountCommands, 'OpenDebt'>;
export type RecordAccountPayment = CommandOf<typeof accountCommands, 'RecordAccountPayment'>;
export type CreditReturn = CommandOf<typeof accountCommands, 'CreditReturn'>;
export type PayOutCash = CommandOf<typeof accountCommands, 'PayOutCash'>;
export type WriteOffDebt = CommandOf<typeof accountCommands, 'WriteOffDebt'>;
export type AllocateCredit = CommandOf<typeof accountCommands, 'AllocateCredit'>;
