import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { described, eventData, Id, Instant } from '../kernel/schema.ts';

/** With the name of its process, a notice is part of the name of a stream. */
const MAX_NOTICE_ID_LENGTH = 128;

export const NoticeId = Type.String({
  minLength: 1,
  maxLength: MAX_NOTICE_ID_LENGTH,
  description: "The provider's id of the event: the same each time that it is sent.",
});

export const noticeEvents = defineEvents({
  PaymentNoticeReceived: eventData('The provider gave notice that a payment changed.', {
    noticeId: NoticeId,
    attemptId: described(Id, 'The payment, which may not be known yet.'),
    signedAt: described(Instant, 'When the provider signed it, in UTC.'),
  }),
});

export type NoticeEvent = EventOf<typeof noticeEvents>;
