import { partsOf } from '../../../domain/kernel/names.ts';
import type { OrderEvent } from '../../../domain/orders/events.ts';
import { perEvent } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { OrderHistoryEntry } from './document.ts';
import { summaryOf } from './summary.ts';

/** One document per event of an order. */
export const orderHistory: Projection<OrderHistoryEntry, OrderEvent> = {
  name: 'order-history',
  version: 4,
  collection: 'order-history',
  indexes: [{ name: 'by_order', fields: ['orderId', 'revision'] }],
  feed: 'sales',
  ...perEvent('order'),
  evolve(_document, event) {
    const { metadata, revision, type, recordedAt, stream } = event;
    const { actor, occurredAt, deviceId, commandId, correlationId } = metadata;
    return {
      orderId: partsOf(stream).parts[0] ?? '',
      revision,
      type,
      summary: summaryOf(event),
      at: recordedAt,
      ...(occurredAt !== undefined && { occurredAt }),
      actorKind: actor.kind,
      actorId: actor.id,
      ...(deviceId !== undefined && { deviceId }),
      commandId,
      correlationId,
    };
  },
};
