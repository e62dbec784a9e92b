import { type Static, type TProperties, type TSchema, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import {
  Currency,
  Day,
  described,
  eventData,
  Id,
  Instant,
  MAX_MINOR,
  oneOf,
  strict,
} from '../kernel/schema.ts';
import { DELIVERY_QUEUES } from './policy.ts';

export const DELIVERY_PRIORITIES = ['CRITICAL', 'HIGH', 'NORMAL', 'LOW'] as const;
export type DeliveryPriority = (typeof DELIVERY_PRIORITIES)[number];

/** How messages reach a person. */
export const PERSON_CHANNELS = ['email', 'sms'] as const;
export type PersonChannelName = (typeof PERSON_CHANNELS)[number];

export const DELIVERY_CHANNELS = [
  ...PERSON_CHANNELS,
  'audit',
  'webhook',
  'books',
  'subscription',
] as const;
export type DeliveryChannelName = (typeof DELIVERY_CHANNELS)[number];

export const DELIVERY_STATES = ['waiting', 'sending', 'succeeded', 'parked', 'cancelled'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATES)[number];

/**
 * `retry`: it may succeed later. `auth`: the credentials were refused. `permanent`: it never
 * succeeds as it is. `interrupted`: the instance ended during the attempt.
 */
export const FAILURE_CLASSES = ['retry', 'auth', 'permanent', 'interrupted'] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/**
 * What the other side reports after it has accepted a message. `bounced`: it cannot be delivered.
 * `complained`: the person marked it as spam.
 */
export const DELIVERY_REPORTS = ['delivered', 'opened', 'bounced', 'complained'] as const;
export type DeliveryReport = (typeof DELIVERY_REPORTS)[number];

/** Why a delivery is parked. */
export const PARK_CAUSES = ['permanent', 'auth', 'attempts'] as const;

export const MAX_MAIL_TEXT = 100_000;
export const MAX_MAIL_HTML = 200_000;
/** Ten parts of a text message, in the alphabet that has the shortest ones. */
export const MAX_SMS_TEXT = 670;
/** As many lines and modifiers as the largest order prints. */
export const MAX_RECEIPT_ROWS = 1_000;
export const MAX_REASON_LENGTH = 500;
export const MAX_WEBHOOK_BODY = 20_000;
/** Documents of one sale that the books can have too many. */
export const MAX_SETTLED_DOCUMENTS = 50;

/** A text of one line: it becomes a header, where a line end would begin another one. */
const HeaderText = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^[^\\u0000-\\u001f\\u007f\\u0085\\u2028\\u2029]+$',
});

const Line = Type.String({ maxLength: 300 });
const AmountRow = strict({ text: Line, amount: Line });

/** A receipt as it is printed: amounts are texts, made from minor units when it was requested. */
export const Receipt = strict(
  {
    fileName: Type.String({ pattern: '^[A-Za-z0-9_-]{1,80}[.]pdf$' }),
    title: Line,
    notes: Type.Array(Line, { maxItems: 10 }),
    rows: Type.Array(AmountRow, { maxItems: MAX_RECEIPT_ROWS }),
    sums: Type.Array(AmountRow, { maxItems: 20, description: 'The last one is the total.' }),
    /** Of the file, so that each attempt sends the same bytes. */
    madeAt: Instant,
  },
  { description: 'Printed as a PDF and attached.' },
);
export type Receipt = Readonly<Static<typeof Receipt>>;

export const EmailContent = strict(
  {
    subject: HeaderText,
    text: Type.String({ minLength: 1, maxLength: MAX_MAIL_TEXT }),
    html: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_MAIL_HTML })),
    senderName: Type.Optional(HeaderText),
    optOutUrl: Type.Optional(Type.String({ pattern: '^https?://[!-;=?-~]+$', maxLength: 1_000 })),
    receipt: Type.Optional(Receipt),
  },
  { description: 'An e-mail.' },
);
export type EmailContent = Readonly<Static<typeof EmailContent>>;

export const SmsContent = strict(
  { text: Type.String({ minLength: 1, maxLength: MAX_SMS_TEXT }) },
  { description: 'A text message.' },
);
export type SmsContent = Readonly<Static<typeof SmsContent>>;

const LogPosition = Type.String({ pattern: '^(-1|\\d{1,19})\\.(-1|\\d{1,19})$', maxLength: 40 });

/** The records are made from the log when they are sent, so the log does not hold them twice. */
export const AuditContent = strict(
  {
    after: described(LogPosition, 'Position of the log after which the records begin.'),
    upTo: described(LogPosition, 'Position of the log up to which they go.'),
  },
  { description: 'Audit records of a part of the log.' },
);
export type AuditContent = Readonly<Static<typeof AuditContent>>;

export const WebhookContent = strict(
  { body: Type.String({ minLength: 2, maxLength: MAX_WEBHOOK_BODY, description: 'JSON.' }) },
  {
    description:
      'A call of another system. Its recipient is the name of a contact, or the id of a subscription.',
  },
);
export type WebhookContent = Readonly<Static<typeof WebhookContent>>;

/** The document is made from the order when it is sent, so that a later mapping applies. */
export const BooksContent = strict(
  {
    orderId: described(Id, 'The order that was sold.'),
    refundId: described(Type.Optional(Id), 'The refund; absent: the sale.'),
    correctionId: described(
      Type.Optional(Id),
      'The change of the sale after it was sold; absent: the sale itself.',
    ),
    settles: Type.Optional(
      Type.Array(
        strict({
          entity: described(Type.String({ pattern: '^[A-Za-z]{1,40}$' }), 'Its kind there.'),
          id: described(Type.String({ pattern: '^[!-~]{1,50}$' }), 'Its id there.'),
        }),
        {
          maxItems: MAX_SETTLED_DOCUMENTS,
          description:
            'Set: the books are brought to one right document, whatever they have. Documents that are known to be of this sale, beside those of its number.',
        },
      ),
    ),
  },
  { description: 'A sale, refund or correction for the books. Its recipient is the provider.' },
);
export type BooksContent = Readonly<Static<typeof BooksContent>>;

const Amount = Type.Integer({ minimum: -MAX_MINOR, maximum: MAX_MINOR });
export const PayoutContent = strict(
  {
    payoutId: described(Id, 'The payout at the provider of payments.'),
    day: described(Day, 'On which it arrives at the bank.'),
    currency: Currency,
    grossMinor: described(Amount, 'What was sold less what was refunded.'),
    feeMinor: described(Amount, 'What the provider kept of it.'),
    otherMinor: described(Amount, 'Adjustments; negative: it was taken off.'),
    totalMinor: described(Amount, 'What arrives.'),
  },
  { description: 'A payout for the books. Its recipient is the provider of the books.' },
);
export type PayoutContent = Readonly<Static<typeof PayoutContent>>;

export const DeliveryContent = Type.Union(
  [EmailContent, SmsContent, AuditContent, WebhookContent, BooksContent, PayoutContent],
  { description: 'The message, as it is sent.' },
);
export type DeliveryContent =
  EmailContent | SmsContent | AuditContent | WebhookContent | BooksContent | PayoutContent;

export const Recipient = Type.String({ minLength: 3, maxLength: 254 });
export const DeliveryReason = Type.String({ minLength: 1, maxLength: MAX_REASON_LENGTH });

export const FailureCode = Type.String({
  pattern: '^[a-z0-9_.-]{1,64}$',
  description: 'Code of the failure, such as `smtp_550`.',
});

const Attempt = Type.Integer({
  minimum: 1,
  maximum: 10_000,
  description: 'The attempt, counted from 1 over the life of the delivery.',
});
const Reason = described(DeliveryReason, 'Why, in words.');
const BodyHash = Type.String({
  minLength: 16,
  maxLength: 64,
  description:
    'Stands for address and message until they are edited: the idempotency key derives from it.',
});
const ExpiresAt = described(Instant, 'Unsent at this time, it is parked.');
/** What a receiver said, word for word: it can quote the address. */
const Detail = Type.Optional(
  strict(
    { detail: Type.Optional(Type.String({ maxLength: 1_000 })) },
    {
      description: 'Personal data: the answer of the other side, word for word.',
    },
  ),
);
const Message = strict(
  {
    recipient: described(Recipient, 'The e-mail address or phone number.'),
    content: DeliveryContent,
  },
  { description: 'Personal data: the address and the message.' },
);

const deliveryEvent = <P extends TProperties>(description: string, properties: P) =>
  eventData(description, {
    deliveryId: described(Id, 'The delivery.'),
    ...properties,
  });

/** What is left of a message after its erasure: it fits both channels. */
export const ERASED_MESSAGE = { recipient: '(erased)', content: { text: '(erased)' } };

/** Version 1 of an event whose personal data is stored encrypted. */
const sealed = <S extends TSchema>(erased: object, data: S) => ({
  version: 1,
  data,
  upcasters: {},
  personal: { erased },
});

export const deliveryEvents = defineEvents({
  DeliveryRequested: sealed(
    ERASED_MESSAGE,
    deliveryEvent('A message was handed over for sending. It is not sent yet.', {
      channel: oneOf(DELIVERY_CHANNELS, 'How it is sent.'),
      priority: oneOf(DELIVERY_PRIORITIES, 'Which waiting deliveries are sent first.'),
      queue: oneOf(DELIVERY_QUEUES, 'The kind of work, which has the policy of attempts.'),
      topic: described(Type.Optional(Id), 'What it is about, such as `order-confirmation`.'),
      personId: described(Type.Optional(Id), 'The person that it goes to.'),
      orderKey: described(
        Type.Optional(Id),
        'Deliveries of one channel with the same key are sent in the order in which they were requested.',
      ),
      bodyHash: BodyHash,
      expiresAt: ExpiresAt,
      personal: Message,
    }),
  ),
  DeliveryAttempted: deliveryEvent(
    'An attempt began. Without a result, it is not known whether the message was sent.',
    {
      attempt: Attempt,
      key: Type.String({
        minLength: 32,
        maxLength: 36,
        description:
          'Idempotency key for the other side: the same for each attempt of the content.',
      }),
      worker: described(Id, 'The worker that made the attempt.'),
      staleAt: described(Instant, 'Without a result at this time, the attempt counts as lost.'),
    },
  ),
  DeliverySucceeded: deliveryEvent('The other side accepted the message.', {
    attempt: Attempt,
    providerId: described(Type.Optional(Id), 'The id that the other side gave it.'),
    duplicate: Type.Optional(
      Type.Literal(true, { description: 'The other side had it from an earlier attempt.' }),
    ),
  }),
  DeliveryFailed: sealed(
    {},
    deliveryEvent('An attempt failed, and another one follows.', {
      attempt: Attempt,
      failureClass: oneOf(FAILURE_CLASSES, 'Whether a retry can succeed.'),
      code: FailureCode,
      reason: Reason,
      nextAttemptAt: described(Instant, 'The next attempt is not before this time.'),
      personal: Detail,
    }),
  ),
  DeliveryParked: sealed(
    {},
    deliveryEvent('It could not be sent and waits for a decision. It is unsent.', {
      attempt: Attempt,
      cause: oneOf(PARK_CAUSES, 'What ended the attempts.'),
      code: FailureCode,
      reason: Reason,
      personal: Detail,
    }),
  ),
  DeliveryExpired: deliveryEvent('Its time ran out before it was sent: it is parked.', {
    attempt: described(Type.Integer({ minimum: 0, maximum: 10_000 }), 'Attempts that were made.'),
    reason: Reason,
  }),
  DeliveryResent: sealed(
    ERASED_MESSAGE,
    deliveryEvent('It was handed over for sending again.', {
      channel: oneOf(DELIVERY_CHANNELS, 'How it is sent.'),
      priority: oneOf(DELIVERY_PRIORITIES, 'Which waiting deliveries are sent first.'),
      orderKey: described(Type.Optional(Id), 'As when it was requested.'),
      edited: Type.Boolean({ description: 'Whether the address or the message was changed.' }),
      bodyHash: BodyHash,
      expiresAt: ExpiresAt,
      personal: Message,
    }),
  ),
  DeliveryReported: deliveryEvent('The other side reported what became of the message.', {
    report: oneOf(DELIVERY_REPORTS, 'What became of it.'),
    reportId: described(Id, 'The id of the report at the other side.'),
  }),
  DeliveryCancelled: deliveryEvent('It is not sent any more.', { reason: Reason }),
  /** The key of the message is destroyed afterwards. */
  DeliveryErased: {
    version: 1,
    data: deliveryEvent('Address and message were erased for ever, with those of the person.', {
      reason: Reason,
    }),
    upcasters: {},
    erases: true,
  },
});

export type DeliveryEvent = EventOf<typeof deliveryEvents>;
export type DeliveryMessage = Readonly<Static<typeof Message>>;
