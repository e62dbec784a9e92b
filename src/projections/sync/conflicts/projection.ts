import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import type {
  ConflictFound,
  ConflictVersionChosen,
  EntityEvent,
} from '../../../domain/sync/entities/events.ts';
import { perPart } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { type ConflictDocument, RESOLVED_BY_RULE } from './document.ts';

/** One document per pair of versions that are in conflict, or were. */
export const conflicts: Projection<ConflictDocument, EntityEvent> = {
  name: 'conflicts',
  version: 1,
  collection: 'conflicts',
  indexes: [
    { name: 'by_time', fields: ['foundAt'] },
    { name: 'by_state', fields: ['state', 'foundAt'] },
    { name: 'by_type', fields: ['entityType', 'foundAt'] },
    { name: 'by_entity', fields: ['entityId', 'foundAt'] },
    { name: 'by_id', fields: ['conflictId', 'foundAt'] },
  ],
  feed: 'devices',
  ...perPart<EntityEvent | CommandRefused>('sharedentity', ({ type, data }) =>
    type === 'CommandRefused' || type === 'EntityFactMerged' ? [] : [data.conflictId],
  ),
  evolve(before, event) {
    switch (event.type) {
      case 'ConflictFound':
        return found(event);
      case 'ConflictEnded': {
        if (!before) return undefined;
        const { by, endedAt } = event.data;
        const resolved = { resolvedBy: by, resolvedAt: endedAt };
        return { ...before, revision: event.revision, state: 'chosen', ...resolved };
      }
      case 'ConflictVersionChosen':
        return before && chosen(before, event);
      case 'EntityFactMerged':
        return before;
    }
  },
};

function found({ data, revision }: ConflictFound & RecordedEvent): ConflictDocument {
  const { conflictId, entity, field, key, strategy, state, versions, winner, words } = data;
  const [entityType = '', entityId = ''] = entity.split(':');
  const { foundAt } = data;
  const document = {
    ...{ conflictId, revision, entityType, entityId, field, ...omitUndefined({ key }) },
    ...{ strategy, state, versions, loserEventIds: [], loserPayloads: [], words, foundAt },
    ...(state !== 'open' && { resolvedAt: foundAt, resolvedBy: RESOLVED_BY_RULE }),
  };
  return winner === undefined ? document : withWinner(document, winner);
}

/** The version that counts, and the other one. */
function withWinner(document: ConflictDocument, winner: string): ConflictDocument {
  const won = document.versions.find(({ factId }) => factId === winner);
  const lost = document.versions.filter(({ factId }) => factId !== winner);
  return {
    ...document,
    winnerEventId: winner,
    ...(won && { winnerPayload: won.value }),
    loserEventIds: lost.map(({ factId }) => factId),
    loserPayloads: lost.map(({ value }) => value),
  };
}

function chosen(
  before: ConflictDocument,
  { data, revision }: ConflictVersionChosen & RecordedEvent,
): ConflictDocument {
  const { by, chosen: winner, chosenAt, reason } = data;
  const { reason: _, ...rest } = withWinner(before, winner);
  return {
    ...{ ...rest, revision, state: 'chosen', resolvedBy: by, resolvedAt: chosenAt },
    ...omitUndefined({ reason }),
  };
}
