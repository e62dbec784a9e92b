import { type Static, Type } from '@sinclair/typebox';

import { PERSON_CHANNELS } from '../../deliveries/events.ts';
import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { described, eventData, Id, oneOf, strict } from '../../kernel/schema.ts';
import { LANGUAGES, TOPIC_NAMES } from '../topics.ts';

/** Why a person does not get a notification by a channel. */
export const SUPPRESSIONS = ['opted_out', 'bouncing', 'limit', 'erased'] as const;
export type Suppression = (typeof SUPPRESSIONS)[number];

export const OPT_OUT_WAYS = ['staff', 'link', 'complaint'] as const;

const Person = described(Id, 'The person: a customer or a user.');
const Channel = oneOf(PERSON_CHANNELS, 'E-mail or text message.');

export const Choice = strict({
  topic: oneOf(TOPIC_NAMES),
  channel: Channel,
  allowed: Type.Boolean(),
});
export type Choice = Readonly<Static<typeof Choice>>;

export const Address = Type.String({
  minLength: 3,
  maxLength: 254,
  description: 'The e-mail address or phone number.',
});
export const ErasureReason = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'Why, in words.',
});

/**
 * Events of one period: after that many, what is known of the person goes on in another stream, so
 * that a person can be notified for ever.
 */
export const PERIOD_EVENTS = 8_000;
/** Most messages of a day, and most reasons of a day, that go on; far above the daily limits. */
const MAX_CARRIED = 1_000;

const Period = Type.Integer({
  minimum: 1,
  description: 'Which stream of this person it is, counted from 1.',
});

const Recent = strict({ channel: Channel, at: Type.String() });
const SuppressedTopic = strict({
  topic: oneOf(TOPIC_NAMES),
  channel: Channel,
  reason: oneOf(SUPPRESSIONS),
  at: Type.String(),
});
const BouncingHash = strict({ channel: Channel, addressHash: Type.Optional(Type.String()) });

/** What a period begins with, beside the addresses. */
export const carried = {
  period: Period,
  language: Type.Optional(oneOf(LANGUAGES, 'The language of messages.')),
  choices: Type.Array(Choice, { maxItems: 100, description: 'The choices that hold.' }),
  recent: Type.Array(Recent, {
    maxItems: MAX_CARRIED,
    description: 'When messages of the last day were decided.',
  }),
  suppressed: Type.Array(SuppressedTopic, {
    maxItems: MAX_CARRIED,
    description: 'What was recorded as not sent within the last day.',
  }),
  bouncing: Type.Array(BouncingHash, {
    maxItems: PERSON_CHANNELS.length,
    description: 'Channels whose address bounces; with the hash of one that is known by it only.',
  }),
  isErased: Type.Optional(
    Type.Literal(true, { description: "The person's data was erased: nothing is sent." }),
  ),
};

/** Addresses to which messages come back, by channel. */
export const BouncingAddresses = strict(
  { email: Type.Optional(Address), sms: Type.Optional(Address) },
  { description: 'Personal data: the addresses to which messages come back.' },
);

const unchanged = (data: object): object => data;

export const recipientEvents = defineEvents({
  PreferencesChanged: eventData('A person has chosen what to be notified of, and how.', {
    personId: Person,
    via: oneOf(OPT_OUT_WAYS, 'By the staff, by the link in a message, or by marking one as spam.'),
    language: Type.Optional(oneOf(LANGUAGES, 'The language of messages.')),
    choices: Type.Array(Choice, { maxItems: 100, description: 'The choices that were made.' }),
  }),
  NotificationDecided: eventData('It was decided how a person is notified of something.', {
    personId: Person,
    topic: oneOf(TOPIC_NAMES, 'What it is about.'),
    channels: Type.Array(Channel, { description: 'The channels by which a message is sent.' }),
    suppressed: Type.Array(strict({ channel: Channel, reason: oneOf(SUPPRESSIONS) }), {
      description: 'The channels by which none is sent, and why.',
    }),
    language: Type.Optional(oneOf(LANGUAGES, 'The language that the person chose.')),
    decidedAt: Type.String({ description: 'When it was decided, for limits per day.' }),
  }),
  AddressBounced: {
    version: 2,
    data: eventData('Messages to this address come back, so no more are sent to it.', {
      personId: Person,
      channel: Channel,
      deliveryId: described(Id, 'The delivery that came back.'),
      addressHash: Type.Optional(
        Type.String({
          minLength: 11,
          maxLength: 64,
          description: 'Hash of the address; in version 1 only.',
        }),
      ),
      personal: Type.Optional(
        strict(
          { address: Type.Optional(Address) },
          { description: 'Personal data: the address, from version 2 on.' },
        ),
      ),
    }),
    upcasters: { 1: unchanged },
    personal: { erased: {} },
  },
  AddressRestored: eventData('Messages may be sent to the address again.', {
    personId: Person,
    channel: Channel,
  }),
  /** The key of what is known of the person here is destroyed afterwards. */
  RecipientErased: {
    version: 1,
    data: eventData('A person whose data was erased is not notified any more.', {
      personId: Person,
      reason: ErasureReason,
    }),
    upcasters: {},
    erases: true,
  },
  RecipientPeriodClosed: eventData('What is known of the person goes on in the next stream.', {
    personId: Person,
    period: Period,
  }),
  RecipientPeriodOpened: {
    version: 1,
    data: eventData('What was known of the person in the stream before goes on here.', {
      personId: Person,
      ...carried,
      personal: Type.Optional(BouncingAddresses),
    }),
    upcasters: {},
    personal: { erased: {} },
  },
});
export type RecipientEvent = EventOf<typeof recipientEvents>;
export type RecipientPeriod = EventOf<typeof recipientEvents, 'RecipientPeriodOpened'>['data'];
