import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { described, Id, oneOf, optional, strict } from '../kernel/schema.ts';
import {
  DELIVERY_CHANNELS,
  DELIVERY_PRIORITIES,
  DELIVERY_REPORTS,
  DeliveryContent,
  DeliveryReason,
  FAILURE_CLASSES,
  FailureCode,
  Recipient,
} from './events.ts';
import { DELIVERY_QUEUES, MAX_RETRY_AFTER_MS } from './policy.ts';

const Attempt = Type.Integer({ minimum: 1, maximum: 10_000 });

export const deliveryCommands = defineCommands({
  RequestDelivery: strict({
    channel: oneOf(DELIVERY_CHANNELS),
    priority: oneOf(DELIVERY_PRIORITIES),
    queue: oneOf(DELIVERY_QUEUES),
    topic: optional(Id),
    personId: optional(Id),
    orderKey: optional(Id),
    recipient: Recipient,
    content: DeliveryContent,
  }),
  /** Of a worker that wants to send. Nothing is recorded when there is nothing to send now. */
  BeginAttempt: strict({ worker: Id }),
  ConfirmAttempt: strict({
    attempt: Attempt,
    providerId: optional(Id),
    duplicate: optional(Type.Literal(true)),
  }),
  FailAttempt: strict({
    attempt: Attempt,
    failureClass: oneOf(FAILURE_CLASSES),
    code: FailureCode,
    reason: DeliveryReason,
    detail: optional(Type.String({ maxLength: 1_000 })),
    retryAfterMs: optional(Type.Integer({ minimum: 0, maximum: MAX_RETRY_AFTER_MS })),
  }),
  /** Sends a parked one again, or one that waits for its next attempt at once. */
  RetryDelivery: strict({}),
  EditDelivery: strict(
    {
      recipient: optional(described(Recipient, 'The corrected address.')),
      content: optional(DeliveryContent),
    },
    { minProperties: 1, description: 'What is absent stays as it is.' },
  ),
  /** Of a message that is not sent yet. */
  CancelDelivery: strict({ reason: described(DeliveryReason, 'Why, in words.') }),
  /** Address and message are erased for ever; what is not sent yet is not sent any more. */
  EraseDelivery: strict({ reason: described(DeliveryReason, 'Why, in words.') }),
  /** Of the other side. A report that was made before changes nothing. */
  ReportDelivery: strict({ report: oneOf(DELIVERY_REPORTS), reportId: Id }),
});

export type DeliveryCommand = CommandOf<typeof deliveryCommands>;
export type RequestDelivery = CommandOf<typeof deliveryCommands, 'RequestDelivery'>;
export type BeginAttempt = CommandOf<typeof deliveryCommands, 'BeginAttempt'>;
export type ConfirmAttempt = CommandOf<typeof deliveryCommands, 'ConfirmAttempt'>;
export type FailAttempt = CommandOf<typeof deliveryCommands, 'FailAttempt'>;
export type CancelDelivery = CommandOf<typeof deliveryCommands, 'CancelDelivery'>;
export type EditDelivery = CommandOf<typeof deliveryCommands, 'EditDelivery'>;
