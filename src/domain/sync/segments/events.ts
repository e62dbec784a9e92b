import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { described, eventData, Id, Instant, strict } from '../../kernel/schema.ts';
import { Epoch, FactId, Hash, MAX_SEQ, RawFact, Seq, SyncDeviceId } from '../facts/events.ts';

/** Facts of one stream of a device. */
export const SEGMENT_SIZE = 1_024;
/** Most facts of one push. */
export const MAX_PUSH_FACTS = 256;

export const Count = Type.Integer({ minimum: 0, maximum: MAX_SEQ });

/** What a device says about all of its facts, sent and unsent. */
export const Declared = strict({
  lastSeq: described(Count, 'Number of its last fact; 0: none yet.'),
  unsent: described(Count, 'Facts that no answer of the server has acknowledged.'),
  oldestUnsentAt: Type.Optional(described(Instant, 'When the oldest of them happened.')),
});
export type Declared = Static<typeof Declared>;

const Address = {
  deviceId: SyncDeviceId,
  epoch: Epoch,
};
const keptAt = described(Instant, 'When the server kept them, in UTC.');

const SentFact = strict({
  seq: Seq,
  id: FactId,
  hash: Hash,
  isChainBroken: Type.Optional(
    Type.Boolean({ description: 'It does not follow the fact before it.' }),
  ),
  fact: RawFact,
});

export const segmentEvents = defineEvents({
  FactsKept: eventData('Facts of a device were kept, before they are judged.', {
    ...Address,
    through: described(Count, 'All facts up to this number were kept before these.'),
    facts: Type.Array(SentFact, {
      maxItems: MAX_PUSH_FACTS,
      description: 'The facts, each with its place and hash.',
    }),
    declared: Type.Optional(described(Declared, 'What the device said about all of its facts.')),
    keptAt,
  }),
  FactForked: eventData('A second fact came with the address of another one. Both are kept.', {
    ...Address,
    ...SentFact.properties,
    firstId: described(FactId, 'Id of the first fact.'),
    firstHash: described(Hash, 'Hash of the first fact.'),
    field: Type.Optional(described(Id, 'The first field in which both differ.')),
    keptAt,
  }),
});

export type SentFact = Static<typeof SentFact>;
export type SegmentEvent = EventOf<typeof segmentEvents>;
export type FactsKept = EventOf<typeof segmentEvents, 'FactsKept'>;
