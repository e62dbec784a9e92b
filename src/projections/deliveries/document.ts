import { type Static, Type } from '@sinclair/typebox';

import {
  DELIVERY_CHANNELS,
  DELIVERY_PRIORITIES,
  DELIVERY_REPORTS,
  DELIVERY_STATES,
  DeliveryContent,
} from '../../domain/deliveries/events.ts';
import { oneOf } from '../../domain/kernel/schema.ts';

const closed = { additionalProperties: false };

/** Attempts that a document lists; the oldest ones are left out. */
export const MAX_LISTED_ATTEMPTS = 30;

const ATTEMPT_RESULTS = ['running', 'succeeded', 'failed', 'parked'] as const;

const AttemptSchema = Type.Object(
  {
    attempt: Type.Integer(),
    at: Type.String({ description: 'When it began.' }),
    key: Type.String({ description: 'Idempotency key for the other side.' }),
    result: oneOf(ATTEMPT_RESULTS),
    endedAt: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
    reason: Type.Optional(Type.String({ description: 'Why it failed, in words.' })),
    detail: Type.Optional(Type.String({ description: 'What the other side said.' })),
    providerId: Type.Optional(Type.String()),
  },
  closed,
);

/** A message that leaves the system: what was requested, attempted and acknowledged. */
export const DeliverySchema = Type.Object(
  {
    deliveryId: Type.String(),
    revision: Type.Integer(),
    state: oneOf(DELIVERY_STATES),
    channel: oneOf(DELIVERY_CHANNELS),
    priority: oneOf(DELIVERY_PRIORITIES),
    queue: Type.String(),
    topic: Type.Optional(Type.String()),
    personId: Type.Optional(Type.String()),
    recipient: Type.String(),
    content: DeliveryContent,
    requestedAt: Type.String(),
    updatedAt: Type.String(),
    sentAt: Type.Optional(Type.String()),
    parkedAt: Type.Optional(Type.String()),
    cancelledAt: Type.Optional(Type.String()),
    erasedAt: Type.Optional(Type.String({ description: 'Address and message were erased then.' })),
    reports: Type.Array(
      Type.Object({ report: oneOf(DELIVERY_REPORTS), at: Type.String() }, closed),
      {
        maxItems: DELIVERY_REPORTS.length,
        description: 'What the other side reported after it had accepted the message.',
      },
    ),
    /** Why it is parked, or why the last attempt failed. */
    reason: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
    nextAttemptAt: Type.Optional(Type.String()),
    expiresAt: Type.String(),
    attemptCount: Type.Integer(),
    attempts: Type.Array(AttemptSchema, { maxItems: MAX_LISTED_ATTEMPTS }),
  },
  { ...closed, $id: 'Delivery' },
);

export type Delivery = Static<typeof DeliverySchema>;
export type DeliveryAttempt = Static<typeof AttemptSchema>;

/** A delivery in a list: without the message and its attempts. */
export const DeliverySummarySchema = Type.Omit(DeliverySchema, ['content', 'attempts'], {
  $id: 'DeliverySummary',
});
export type DeliverySummary = Static<typeof DeliverySummarySchema>;
