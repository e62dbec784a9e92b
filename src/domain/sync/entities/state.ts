import { instantMs } from '../../kernel/instant.ts';
import { type Merged, mergeFacts } from '../merge/merge.ts';
import type { Change, MergeFact } from '../merge/merge-fact.ts';
import { rulesOf } from '../merge/rules.ts';
import type { ConflictVersion, EntityEvent } from './events.ts';

/** A fact about the entity, with who wrote it. */
export interface EntityFact extends MergeFact {
  readonly by: Omit<ConflictVersion, 'value'>;
}

/** What is known of one entity: its facts say all of it. */
export interface EntityState {
  readonly entity: string;
  readonly facts: Readonly<Record<string, EntityFact>>;
  /** The pairs that have a record, by the id of the conflict. */
  readonly conflicts: Readonly<Record<string, KnownConflict>>;
}

export interface KnownConflict {
  readonly field: string;
  readonly key?: string;
  readonly facts: readonly [string, string];
}

export const initialEntityState: EntityState = { entity: '', facts: {}, conflicts: {} };

const ruleless: Merged = { fields: {}, conflicts: [], heads: [], waiting: [] };

/** The entity as all of its facts say that it is. */
export function mergedEntity({ entity, facts }: EntityState): Merged {
  const rules = rulesOf(entity);
  return rules ? mergeFacts(rules, Object.values(facts)) : ruleless;
}

function factOf(event: EntityEvent): EntityFact | undefined {
  switch (event.type) {
    case 'EntityFactMerged': {
      const { factId, deviceId, actor, name, heads, claimedAt, notBefore, keptAt } = event.data;
      return {
        ...{ id: factId, heads, changes: event.data.changes as readonly Change[] },
        ...{ notBefore: instantMs(notBefore), notAfter: instantMs(keptAt) },
        by: { factId, deviceId, actor, ...(name !== undefined && { name }), claimedAt, keptAt },
      };
    }
    case 'ConflictVersionChosen': {
      const { factId, by: actor, heads, chosenAt } = event.data;
      const atMs = instantMs(chosenAt);
      return {
        ...{ id: factId, heads, changes: event.data.changes as readonly Change[] },
        ...{ notBefore: atMs, notAfter: atMs, isServer: true, isChoice: true },
        by: { factId, actor, claimedAt: chosenAt, keptAt: chosenAt },
      };
    }
    default:
      return undefined;
  }
}

/** The state with what an event adds to it. */
export function evolveEntity(state: EntityState, event: EntityEvent): EntityState {
  const fact = factOf(event);
  if (fact) {
    const { entity } = event.data as { readonly entity: string };
    return { ...state, entity, facts: { ...state.facts, [fact.id]: fact } };
  }
  if (event.type !== 'ConflictFound') return state;
  const { conflictId, field, key, versions } = event.data;
  const [a, b] = versions.map(({ factId }) => factId) as [string, string];
  const known = { field, ...(key !== undefined && { key }), facts: [a, b] } as const;
  return { ...state, conflicts: { ...state.conflicts, [conflictId]: known } };
}
