import { Type } from '@sinclair/typebox';

import {
  DELIVERY_CHANNELS,
  DELIVERY_STATES,
  deliveryCommands,
  EmailContent,
  PERSON_CHANNELS,
  SmsContent,
} from '../../../domain/deliveries/index.ts';
import { Id, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import { pageQuery, written } from '../../schemas.ts';

export const DeliveryParams = Type.Object({ deliveryId: Id });

/** The kind of work is set here: a caller cannot give a message the policy of other work. */
const { queue: _set, ...requestFields } = deliveryCommands.schemas.RequestDelivery.properties;
/** Nor can it send audit records: the server does. */
export const RequestBody = strict({
  ...requestFields,
  channel: oneOf(PERSON_CHANNELS),
  content: Type.Union([EmailContent, SmsContent], { description: 'The message, as it is sent.' }),
});

export const DeliveryResponse = Type.Object(
  {
    deliveryId: Id,
    state: oneOf(DELIVERY_STATES),
    attemptCount: Type.Integer(),
    expiresAt: Type.String(),
    ...written,
  },
  { $id: 'DeliveryResponse' },
);

/** Parked deliveries that one request sends again. */
export const MAX_BULK_RETRY = 200;

export const RetryAllBody = strict({
  since: Type.String({
    format: 'date-time',
    description: 'Those parked at this time or later.',
  }),
});

export const RetryAllResponse = Type.Object({
  retried: Type.Array(Id, { description: 'Ids of the deliveries that are sent again.' }),
  more: Type.Boolean({
    description: `Whether more are parked than one request sends again (${MAX_BULK_RETRY}).`,
  }),
});

export const listQuery = Type.Object({
  state: optional(oneOf(DELIVERY_STATES)),
  channel: optional(oneOf(DELIVERY_CHANNELS)),
  personId: optional(Id),
  ...pageQuery,
});
