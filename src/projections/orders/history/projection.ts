import { documentKey, partsOf, streamName } from '../../../domain/kernel/names.ts';
import type { OrderEvent } from '../../../domain/orders/events.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import { padRevision } from '../../../engine/projections/folding/pad-revision.ts';
import type { OrderHistoryEntry } from './document.ts';
import { summaryOf } from './summary.ts';

/** One document per event of an order. */
export const orderHistory: Projection<OrderHistoryEntry> = {
  name: 'order-history',
  version: 2,
  collection: 'order-history',
  indexes: [{ name: 'by_order', fields: ['orderId', 'revision'] }],
  categories: ['order'],
  feed: 'sales',
  keys: (event) => {
    const { storeId, parts } = partsOf(event.stream);
    return [documentKey(storeId, ...parts, padRevision(event.revision))];
  },
  streamOf: (key) => {
    const { storeId, parts } = partsOf(key);
    return streamName('order', storeId, ...parts.slice(0, -1));
  },
  evolve(_document, recorded) {
    const { metadata, revision, type, recordedAt, stream } = recorded;
    const { actor, occurredAt, deviceId, commandId, correlationId } = metadata;
    return {
      orderId: partsOf(stream).parts[0] ?? '',
      revision,
      type,
      summary: summaryOf(recorded as unknown as OrderEvent),
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
