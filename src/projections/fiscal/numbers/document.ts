import { type Static, Type } from '@sinclair/typebox';

import { FATES } from '../../../domain/fiscal/numbers/events.ts';
import { described, Instant, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';

/** Changes of one number that its document lists; further ones are in its history only. */
export const MAX_LISTED_CHANGES = 50;

const Issued = strict({
  documentId: Type.String({ description: 'The document that has the number.' }),
  factId: Type.String(),
  deviceId: Type.String(),
  epoch: optional(Type.String()),
  seq: optional(Type.Integer()),
  hash: Type.String({ description: 'Hash of the fact of the device.' }),
  cashier: Type.String(),
  claimedAt: described(Instant, 'When it was handed out, as the device says.'),
  occurredAt: described(Instant, 'The same, within what its clock can be trusted with.'),
  keptAt: described(Instant, 'When the server kept the fact.'),
});

const Change = strict({
  fate: oneOf(FATES, 'What was known from then on.'),
  at: described(Instant, 'When, in UTC.'),
  by: Type.String({ description: 'The device or the person.' }),
  reason: optional(Type.String()),
});

/** A number of a series, and what became of it. */
export const FiscalNumberSchema = strict(
  {
    seriesId: Type.String(),
    number: Type.Integer(),
    place: Type.String({ description: 'The number with leading zeros, for the order of lists.' }),
    fate: oneOf(FATES, 'What became of it, as the log has it.'),
    isOpen: oneOf(['yes', 'no'], 'Whether nothing final is known of it.'),
    deviceId: optional(Type.String({ description: 'The device that got it.' })),
    epoch: optional(Type.String()),
    rangeFrom: optional(Type.Integer({ description: 'First number of its range.' })),
    rangeTo: optional(Type.Integer({ description: 'Last number of its range.' })),
    grantedAt: optional(Instant),
    expiresAt: optional(described(Instant, 'Held beyond this time, it is unaccounted for.')),
    documents: Type.Array(Issued, { description: 'Normally one; each further one is a fault.' }),
    changes: Type.Array(Change, {
      description: `What was known of it and since when; the first ${MAX_LISTED_CHANGES}.`,
    }),
  },
  { $id: 'FiscalNumber' },
);

export type FiscalNumberDocument = Static<typeof FiscalNumberSchema>;
