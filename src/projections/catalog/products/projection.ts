import type { ProductEvent } from '../../../domain/catalog/events.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import { sortNameOf } from '../../../lib/search-words.ts';
import type { ProductDocument, StoredProduct } from './document.ts';

type Event = ProductEvent | CommandRefused;

export const products: Projection<StoredProduct, Event> = {
  name: 'products',
  version: 1,
  collection: 'products',
  indexes: [
    { name: 'by_name', fields: ['status', 'sortName'] },
    { name: 'by_price', fields: ['status', 'priceMinor'] },
    { name: 'by_time', fields: ['status', 'createdAt'] },
    { name: 'by_category', fields: ['status', 'categoryId', 'sortName'] },
    { name: 'by_activity', fields: ['status', 'activeText', 'stockPolicy'] },
  ],
  ...perEntity('product'),
  evolve(product, event) {
    const next = change(product, event);
    if (!next) return undefined;
    const { name, active } = next;
    const sortName = sortNameOf(name);
    return { ...next, revision: event.revision, sortName, activeText: active ? 'yes' : 'no' };
  },
};

/** The product as people see it, for its past moments. */
export const productAsOf: Projection<ProductDocument, Event> = {
  ...products,
  evolve(product, event, key) {
    const before = product && { ...product, sortName: '', activeText: 'no' as const };
    const next = products.evolve(before, event, key);
    return next && asProduct(next);
  },
};

export function asProduct({
  sortName: _s,
  activeText: _a,
  ...product
}: StoredProduct): ProductDocument {
  return product;
}

function change(
  product: ProductDocument | undefined,
  event: RecordedEvent & Event,
): ProductDocument | undefined {
  const { revision, recordedAt: at, metadata } = event;
  const by = metadata.actor.id;
  if (event.type === 'CommandRefused') return product;
  if (event.type === 'ProductCreated') {
    const times = { createdAt: at, createdBy: by, updatedAt: at, updatedBy: by };
    return { revision, status: 'live', ...event.data, ...times };
  }
  if (!product) throw new InvariantError('a product to be created first', { type: event.type });
  const { createdAt, createdBy } = product;
  const times = { createdAt, createdBy, updatedAt: at, updatedBy: by };
  switch (event.type) {
    case 'ProductChanged': {
      const { previous: _, ...fields } = event.data;
      return { revision, status: 'live', ...fields, ...times };
    }
    case 'ProductRestored': {
      const { cascadeId: _, ...fields } = event.data;
      return { revision, status: 'live', ...fields, ...times };
    }
    case 'ProductDeleted': {
      const { reason, cascadeId: _, ...fields } = event.data;
      const deleted = {
        deletedAt: at,
        deletedBy: by,
        ...(reason !== undefined && { deletionReason: reason }),
      };
      return { revision, status: 'deleted', ...fields, ...times, ...deleted };
    }
  }
}
