import type { CategoryEvent } from '../../../domain/catalog/events.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import { sortNameOf } from '../../../lib/search-words.ts';
import type { CategoryDocument, StoredCategory } from './document.ts';

type Event = CategoryEvent | CommandRefused;

export const categories: Projection<StoredCategory, Event> = {
  name: 'categories',
  version: 1,
  collection: 'categories',
  indexes: [
    { name: 'by_name', fields: ['status', 'sortName'] },
    { name: 'by_parent', fields: ['status', 'parent', 'sortName'] },
  ],
  ...perEntity('category'),
  evolve(category, event) {
    const next = change(category, event);
    if (!next) return undefined;
    const { name, parentId: parent = '' } = next;
    return { ...next, revision: event.revision, sortName: sortNameOf(name), parent };
  },
};

export function asCategory({
  sortName: _s,
  parent: _p,
  ...category
}: StoredCategory): CategoryDocument {
  return category;
}

function change(
  category: CategoryDocument | undefined,
  event: RecordedEvent & Event,
): CategoryDocument | undefined {
  const { revision, recordedAt: at, metadata } = event;
  const by = metadata.actor.id;
  if (event.type === 'CommandRefused') return category;
  if (event.type === 'CategoryCreated') {
    const times = { createdAt: at, createdBy: by, updatedAt: at, updatedBy: by };
    return { revision, status: 'live', ...event.data, ...times };
  }
  if (!category) throw new InvariantError('a category to be created first', { type: event.type });
  const { deletedAt: _at, deletedBy: _by, deletionReason: _why, ...kept } = category;
  const next = { ...kept, name: event.data.name, updatedAt: at, updatedBy: by };
  if (event.type !== 'CategoryDeleted') return { ...next, status: 'live' };
  const { reason } = event.data;
  const why = reason === undefined ? {} : { deletionReason: reason };
  return { ...next, status: 'deleted', deletedAt: at, deletedBy: by, ...why };
}
