import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import {
  described,
  eventData,
  Id,
  Instant,
  Name,
  oneOf,
  strict,
  Text,
} from '../../kernel/schema.ts';
import { FactId, MAX_BLOCKERS, SyncDeviceId } from '../facts/events.ts';
import { CONFLICT_STATES } from '../merge/merge.ts';
import { STRATEGIES } from '../merge/rules.ts';

export { CONFLICT_STATES, STRATEGIES };

export const MAX_CHANGES = 20;
const MAX_ELEMENTS = 100;
const MAX_ELEMENT_NAME = 80;
const MAX_WORDS = 1_000;

/** An entity whose fields are merged, with its kind. */
export const Entity = Type.String({
  pattern: '^[a-z]{1,32}:[A-Za-z0-9_-]{1,100}$',
  description: 'What it is about, such as `order:<id>`.',
});

const Part = strict({
  of: Type.Optional(described(Id, 'Which of the sums; absent: the only one.')),
  amount: Type.Integer({ description: 'Added once for its key.' }),
});

/** Changes of one field, by its merge rule. */
export const EntityChange = strict({
  field: described(Id, 'The field.'),
  set: Type.Optional(Type.Unknown({ description: 'Its whole value.' })),
  add: Type.Optional(
    Type.Array(Type.Unknown(), { maxItems: MAX_ELEMENTS, description: 'New elements of a set.' }),
  ),
  remove: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: MAX_ELEMENT_NAME }), {
      maxItems: MAX_ELEMENTS,
      description: 'Elements that the author had seen, each `<fact id>#<place>`.',
    }),
  ),
  parts: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }), Part, {
      description: 'Parts of a sum by their keys.',
      maxProperties: MAX_ELEMENTS,
    }),
  ),
});
export const EntityChanges = Type.Array(EntityChange, {
  minItems: 1,
  maxItems: MAX_CHANGES,
  description: 'What was changed, field by field.',
});

const heads = Type.Array(FactId, {
  maxItems: MAX_BLOCKERS,
  description: 'The newest facts about the entity that the author had seen.',
});
const conflictId = described(Id, 'The conflict: the same for the same two facts, everywhere.');

/** One of the two versions of a conflict. */
export const ConflictVersion = strict({
  factId: described(FactId, 'The fact that wrote it.'),
  deviceId: Type.Optional(described(SyncDeviceId, 'Where it was written; absent: at the server.')),
  actor: described(Id, 'Who wrote it.'),
  name: Type.Optional(described(Name, 'Their name, as the device knows it.')),
  claimedAt: described(Instant, 'When, as the device says.'),
  keptAt: described(Instant, 'When the server kept it.'),
  value: Type.Unknown({ description: 'What was written.' }),
});
export type ConflictVersion = Static<typeof ConflictVersion>;

const notBefore = described(Instant, 'It was written after this, by the clock of the server.');

export const entityEvents = defineEvents({
  EntityFactMerged: eventData('A device changed what others can change as well.', {
    entity: Entity,
    factId: described(FactId, 'The fact of the device.'),
    deviceId: SyncDeviceId,
    actor: described(Id, 'Who changed it.'),
    name: Type.Optional(described(Name, 'Their name, as the device knows it.')),
    heads,
    lostHeads: Type.Optional(
      Type.Array(FactId, {
        maxItems: MAX_BLOCKERS,
        description: 'Facts that its author had seen and that never became part of the entity.',
      }),
    ),
    changes: EntityChanges,
    claimedAt: described(Instant, 'When, as the device says.'),
    notBefore,
    keptAt: described(Instant, 'When the server kept it.'),
  }),
  ConflictFound: eventData('Two versions were written by people who did not know of each other.', {
    conflictId,
    entity: Entity,
    field: described(Id, 'The field.'),
    key: Type.Optional(described(Id, 'The part of a sum.')),
    strategy: oneOf(STRATEGIES, 'The merge rule of the field.'),
    versions: Type.Array(ConflictVersion, {
      minItems: 2,
      maxItems: 2,
      description: 'Both versions, by the ids of their facts.',
    }),
    winner: Type.Optional(described(FactId, 'The version that counts; absent: both or neither.')),
    state: oneOf(
      CONFLICT_STATES,
      '`open`: a person has to choose. `settled`: the rule decided. `same`: both wrote the same.',
    ),
    words: Type.String({ maxLength: MAX_WORDS, description: 'The same in words.' }),
    foundAt: described(Instant, 'When the later one was kept.'),
  }),
  ConflictEnded: eventData('A version was written by an author that had seen both of them.', {
    conflictId,
    factId: described(FactId, 'The fact that wrote it.'),
    by: described(Id, 'Who wrote it.'),
    deviceId: Type.Optional(described(SyncDeviceId, 'Where; absent: at the server.')),
    endedAt: described(Instant, 'When it was kept.'),
  }),
  ConflictVersionChosen: eventData('A person chose one of the versions of a conflict.', {
    entity: Entity,
    conflictId,
    factId: described(FactId, 'Names the choice: later facts can be based on it.'),
    chosen: described(FactId, 'The fact whose version counts from now on.'),
    by: described(Id, 'Who chose.'),
    reason: Type.Optional(described(Text, 'Why, in words.')),
    heads,
    changes: EntityChanges,
    chosenAt: described(Instant, 'When, in UTC.'),
  }),
});

export type EntityEvent = EventOf<typeof entityEvents>;
export type ConflictFound = EventOf<typeof entityEvents, 'ConflictFound'>;
export type EntityFactMerged = EventOf<typeof entityEvents, 'EntityFactMerged'>;
export type ConflictVersionChosen = EventOf<typeof entityEvents, 'ConflictVersionChosen'>;
