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
  strict,
  Text,
} from '../kernel/schema.ts';
import { FOUND_BY, PROVIDER_METHODS, SourceId } from './events.ts';

/** What the provider, or the lack of a response, says about a payment. */
const Outcome = Type.Union([
  strict({ kind: Type.Literal('succeeded'), transactionId: Id, chargedMinor: Positive }),
  strict({ kind: Type.Literal('accepted'), transactionId: Id }),
  strict({ kind: Type.Literal('failed'), reason: Text }),
  strict({ kind: Type.Literal('deferred'), reason: Text }),
  strict({ kind: Type.Literal('unknown'), reason: Text }),
]);

export const paymentCommands = defineCommands({
  RequestPayment: strict({
    orderId: described(Id, 'The order.'),
    provider: optional(described(Name, 'The provider; the default one when absent.')),
    method: oneOf(PROVIDER_METHODS),
    amountMinor: described(Positive, 'Without the tip.'),
    tipMinor: optional(described(Minor, 'Charged in addition.')),
    currency: Currency,
    customerId: optional(Id),
    drawerId: optional(Id),
    sourceId: optional(SourceId),
  }),
  /** A payment that was made at the provider, as the provider shows it. */
  ReceivePayment: strict({
    orderId: Id,
    provider: Name,
    method: oneOf(PROVIDER_METHODS),
    chargedMinor: Positive,
    currency: Currency,
    transactionId: Id,
    foundBy: oneOf(FOUND_BY),
  }),
  /** What went back at the provider in all, also without a request of the shop. */
  RecordRefundedTotal: strict({ refundedMinor: Positive, reason: Text }),
  /** Grants the next attempt: the caller may send the charge. */
  BeginCharge: strict({}),
  /** What became known, by the charge itself, a look-up or a notice of the provider. */
  RecordOutcome: strict({ outcome: Outcome, foundBy: oneOf(FOUND_BY) }),
  /** What the order took of a payment that succeeded. */
  RecordApplication: strict({ appliedMinor: Minor }),
  /** Refunds what the order did not take first, then what it took. */
  RequestRefund: strict({
    amountMinor: optional(described(Positive, 'All that is left when absent.')),
    reason: Text,
    currency: Currency,
  }),
  RecordRefundOutcome: strict({
    refundId: Id,
    outcome: Type.Union([
      strict({ kind: Type.Literal('refunded'), transactionId: Id }),
      strict({ kind: Type.Literal('failed'), reason: Text }),
    ]),
  }),
});

export type PaymentCommand = CommandOf<typeof paymentCommands>;
export type RequestPayment = CommandOf<typeof paymentCommands, 'RequestPayment'>;
export type ReceivePayment = CommandOf<typeof paymentCommands, 'ReceivePayment'>;
export type RecordRefundedTotal = CommandOf<typeof paymentCommands, 'RecordRefundedTotal'>;
export type RecordOutcome = CommandOf<typeof paymentCommands, 'RecordOutcome'>;
export type RequestRefund = CommandOf<typeof paymentCommands, 'RequestRefund'>;
export type RecordRefundOutcome = CommandOf<typeof paymentCommands, 'RecordRefundOutcome'>;
export type ChargeOutcome = RecordOutcome['data']['outcome'];
