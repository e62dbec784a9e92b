import { Type } from '@sinclair/typebox';

import { Id, oneOf } from '../../../domain/kernel/schema.ts';
import { ChangeSchema, HistoryEntrySchema } from '../../../projections/history/document.ts';
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
      description: 'Only this stream, such as `order-<shop>.<order>`.',
    }),
  ),
  entity: Type.Optional({ ...Id, description: 'Only the order or customer with this id.' }),
  type: Type.Optional({ ...Id, description: 'Only this type of event, such as `OrderPlaced`.' }),
  actor: Type.Optional({ ...Id, description: 'Only events of this key, process or person.' }),
  device: Type.Optional({ ...Id, description: 'Only events of this device.' }),
  correlation: Type.Optional({
    ...Type.String({ minLength: 1, maxLength: 100 }),
    description: 'Only events caused by the request with this `X-Correlation-Id`.',
  }),
  from: Type.Optional(Time('Only events recorded at this time or later (RFC 3339).')),
  to: Type.Optional(Time('Only events recorded at this time or earlier (RFC 3339).')),
  after: Type.Optional({ ...PositionText, description: 'Only events after this position.' }),
  order: Type.Optional(Order),
  ...pageQuery,
});

export const ChainResponse = Type.Object({
  event: HistoryEntrySchema,
  causes: Type.Array(HistoryEntrySchema, {
    description: 'From the first event of the request to the direct cause.',
  }),
  effects: Type.Array(HistoryEntrySchema, {
    description: 'All events that it caused, directly or indirectly, oldest first.',
  }),
  complete: Type.Boolean({ description: 'False: some events are not listed.' }),
});

export const Changes = Type.Array(ChangeSchema);
export const Entries = Type.Array(HistoryEntrySchema);
