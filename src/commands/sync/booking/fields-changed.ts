import { formatInstant } from '../../../domain/kernel/instant.ts';
import {
  type Change,
  entityDecider,
  type EntityEvent,
  type Fact,
  type FactFlag,
  type FieldsChanged,
  problemOfChanges,
} from '../../../domain/sync/index.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { book, type Booked, type Booking, isError, rejectedBy } from './booking.ts';

/** The newest facts about the entity that the author of the fact had seen. */
export const headsOfEntity = ({ basedOn = [] }: Fact, entity: string): readonly string[] => [
  ...new Set(basedOn.flatMap((each) => (each.entity === entity ? each.heads : []))),
];

/**
 * Merges what a device wrote with what others wrote. Whatever they say, it is kept: a version that
 * does not count is in the record of its conflict.
 */
export async function bookFieldsChanged(
  booking: Booking,
  { entity, changes }: FieldsChanged,
): Promise<Booked> {
  const { fact, kept, time } = booking;
  const problem = problemOfChanges(entity, changes as readonly Change[]);
  if (problem) return { rejected: problem };
  const { actor, occurredAt: claimedAt } = fact;
  const result = await book(booking, entityDecider, {
    entityId: entity,
    commandId: `fact ${kept.id} merge`,
    command: {
      type: 'MergeFact',
      data: {
        ...{ entity, factId: kept.id, deviceId: kept.deviceId, actor: actor.id },
        ...omitUndefined({ name: actor.name }),
        heads: [...headsOfEntity(fact, entity)],
        ...{ changes, claimedAt, keptAt: kept.keptAt },
        notBefore: formatInstant(time.notBeforeMs),
      },
    },
  });
  return isError(result) ? rejectedBy(result) : { flags: result.events.flatMap(flagsOf) };
}

function flagsOf(event: EntityEvent): readonly FactFlag[] {
  if (event.type === 'EntityFactMerged') return event.data.lostHeads ? ['cause-lost'] : [];
  return event.type === 'ConflictFound' && event.data.state !== 'same' ? ['concurrent'] : [];
}
