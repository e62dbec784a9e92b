import { type Static, Type } from '@sinclair/typebox';

import { described, Instant, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import {
  CONFLICT_STATES,
  ConflictVersion,
  STRATEGIES,
} from '../../../domain/sync/entities/events.ts';

/** The rule decided, and no person has chosen. */
export const RESOLVED_BY_RULE = 'auto';

const Payload = Type.Unknown({ description: 'What was written.' });

/** Two versions of one field, whose authors did not know of each other, and which one counts. */
export const ConflictSchema = strict(
  {
    conflictId: Type.String({ description: 'The same for the same two facts, everywhere.' }),
    revision: Type.Integer(),
    entityType: Type.String({ description: 'Such as `order`.' }),
    entityId: Type.String(),
    field: Type.String(),
    key: optional(Type.String({ description: 'The part of a sum.' })),
    strategy: oneOf(STRATEGIES, 'The merge rule of the field.'),
    state: oneOf(
      CONFLICT_STATES,
      '`open`: a person has to choose. `settled`: the rule decided. `same`: both wrote the same. `chosen`: a later version was written by an author that had seen both.',
    ),
    versions: Type.Array(ConflictVersion, { description: 'Both of them, with who and when.' }),
    winnerEventId: optional(Type.String({ description: 'Absent: both count, or neither.' })),
    loserEventIds: Type.Array(Type.String()),
    winnerPayload: optional(Payload),
    loserPayloads: Type.Array(Payload),
    words: Type.String({ description: 'The same in words.' }),
    foundAt: described(Instant, 'When the later version was kept.'),
    resolvedAt: optional(described(Instant, 'Since when nothing is to be chosen.')),
    resolvedBy: optional(
      Type.String({ description: `\`${RESOLVED_BY_RULE}\`: the rule; else who wrote or chose.` }),
    ),
    reason: optional(Type.String({ description: 'Why a person chose this one.' })),
  },
  { $id: 'Conflict' },
);

export type ConflictDocument = Static<typeof ConflictSchema>;
