import { Type } from '@sinclair/typebox';

import { ChangeSchema, HistoryEntrySchema } from '../../../projections/history/document.ts';
import { Id, oneOf } from '../../../domain/kernel/schema.ts';
import { pageQuery } from '../../schemas.ts';

export const PositionText = Type.String({
  pattern: '^(-1|[0-9]{1,19})[.](-1|[0-9]{1,19})$',
  description: 'Position in the log, `<commit>.<prepare>`.',
});

const Time = (description: string) => Type.String({ format: 'date-time', description });

/** A revision, or a time. */
export const MomentText = (description: string) =>
  Type.Union([Type.String({ pattern: '^[0-9]{1,9}$' }), Type.String({ format: 'date-time' })], {
    description,
  });

export const Order = oneOf(['oldest', 'newest'], 'Which comes first; oldest when absent.');

export const HistoryQuery = Type.Object({
  stream: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1_000,
      description: 'Only this stream, such as order-<store>.<order>.',
    }),
  ),
  entity: Type.Optional({ ...Id, description: 'Only the order or customer with this id.' }),
  type: Type.Optional({ ...Id, description: 'Only this type of event, such as OrderPlaced.' }),
  actor: Type.Optional({ ...Id, description: 'Only what this key, process or person did.' }),
  device: Type.Optional({ ...Id, description: 'Only what came from this device.' }),
  correlation: Type.Optional({
    ...Type.String({ minLength: 1, maxLength: 100 }),
    description: 'Only what came of the request with this X-Correlation-Id.',
  }),
  from: Type.Optional(Time('Only what was recorded then or later (RFC 3339).')),
  to: Type.Optional(Time('Only what was recorded then or earlier (RFC 3339).')),
  after: Type.Optional({ ...PositionText, description: 'Only what stands behind this position.' }),
  order: Type.Optional(Order),
  ...pageQuery,
});

export const ChainAnswer = Type.Object({
  event: HistoryEntrySchema,
  causes: Type.Array(HistoryEntrySchema, {
    description: 'From the first event that the request led to, up to the direct cause.',
  }),
  effects: Type.Array(HistoryEntrySchema, { description: 'All that came of it, in order.' }),
  complete: Type.Boolean({ description: 'False: there are more than are listed.' }),
});

export const Changes = Type.Array(ChangeSchema);
export const Entries = Type.Array(HistoryEntrySchema);
