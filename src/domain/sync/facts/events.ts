import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import {
  Day,
  described,
  eventData,
  Id,
  Instant,
  Note,
  oneOf,
  strict,
} from '../../kernel/schema.ts';

export const MAX_SEQ = Number.MAX_SAFE_INTEGER;
export const MAX_FLAGS = 20;
export const MAX_BLOCKERS = 20;

export const FactId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{7,63}$',
  description: 'Identifies the fact for ever; its device makes it once, such as a UUID.',
});
export const SyncDeviceId = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description: 'The device.',
});
export const Epoch = Type.String({
  pattern: '^[a-z0-9]{1,32}$',
  description: 'One life of the device: a new one begins when it is paired, wiped or cloned.',
});
export const Seq = Type.Integer({
  minimum: 1,
  maximum: MAX_SEQ,
  description: 'Counts the facts of the device in this epoch, from 1, without gaps.',
});
export const Hash = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 of the canonical text of the fact without its hash, lower-case hex.',
});
export const FactType = Type.String({
  pattern: '^[A-Z][A-Za-z]{1,63}$',
  description: 'What happened, such as `SaleCreated`.',
});

/** Final are `accepted` and `rejected`; the others are judged again. */
export const FACT_STATUSES = ['accepted', 'rejected', 'blocked', 'held'] as const;
export type FactStatus = (typeof FACT_STATUSES)[number];

/** What is remarkable about an accepted fact. It is booked all the same. */
export const FACT_FLAGS = [
  'clock-clamped',
  'business-day-corrected',
  'chain-broken',
  'forked',
  'payment-exceeds-due',
  'payment-not-applied',
  'drawer-unknown',
  'drawer-negative',
  'late-for-close',
  'concurrent',
  'cause-lost',
  'number-twice',
  'number-not-granted',
  'number-after-expiry',
  'number-corrected',
] as const;
export type FactFlag = (typeof FACT_FLAGS)[number];

/** A fact as its device wrote it. Fields that this version does not know are kept as well. */
export const RawFact = Type.Record(Type.String(), Type.Unknown(), {
  description: 'The fact as its device wrote it, word for word.',
});

const keptAt = described(Instant, 'When the server kept it, in UTC.');

export const factEvents = defineEvents({
  FactReceived: eventData('A device that does not number its facts sent one.', {
    deviceId: SyncDeviceId,
    hash: Hash,
    keptAt,
    fact: RawFact,
  }),
  FactJudged: eventData('A fact of a device was judged. What happened is booked by then.', {
    deviceId: SyncDeviceId,
    epoch: Type.Optional(Epoch),
    seq: Type.Optional(Seq),
    hash: Hash,
    type: FactType,
    status: oneOf(FACT_STATUSES, 'The result; `accepted` and `rejected` are final.'),
    code: Type.Optional(described(Id, 'Why it was not accepted.')),
    detail: Type.Optional(described(Note, 'The same in words.')),
    blockedBy: Type.Optional(
      Type.Array(Id, { maxItems: MAX_BLOCKERS, description: 'What it waits for.' }),
    ),
    flags: Type.Array(oneOf(FACT_FLAGS), {
      maxItems: MAX_FLAGS,
      description: 'What is remarkable about it.',
    }),
    businessDay: described(Day, 'The business day on which it counts.'),
    claimedAt: described(Instant, 'When it happened, as the device says.'),
    occurredAt: described(Instant, 'When it happened, within what its clock can be trusted with.'),
    keptAt,
  }),
  FactIdReused: eventData('A second fact came with the id of another one. It is not booked.', {
    deviceId: SyncDeviceId,
    epoch: Type.Optional(Epoch),
    seq: Type.Optional(Seq),
    hash: Hash,
    firstHash: described(Hash, 'Hash of the first fact.'),
    keptAt,
  }),
  FactSetAside: eventData('What a device sent as a fact cannot be read, or is not its own.', {
    deviceId: SyncDeviceId,
    code: described(Id, 'Why it was set aside.'),
    detail: described(Note, 'The same in words.'),
    field: Type.Optional(described(Id, 'The field that does not fit.')),
    raw: Type.String({ description: 'What was sent, as JSON text.' }),
    keptAt,
  }),
});

export type FactEvent = EventOf<typeof factEvents>;
export type FactJudged = EventOf<typeof factEvents, 'FactJudged'>;

/** A fact with where and when it was kept. */
export const KeptFact = strict({
  id: FactId,
  deviceId: SyncDeviceId,
  epoch: Type.Optional(Epoch),
  seq: Type.Optional(Seq),
  hash: Hash,
  keptAt,
  fact: RawFact,
  isFork: Type.Optional(Type.Boolean({ description: 'Another fact has its address.' })),
  isChainBroken: Type.Optional(
    Type.Boolean({ description: 'It does not follow the fact before it.' }),
  ),
});
export type KeptFact = Static<typeof KeptFact>;
