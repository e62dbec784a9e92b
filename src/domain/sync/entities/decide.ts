import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { DomainError, NotFoundError } from '../../kernel/errors.ts';
import { shortHash } from '../../kernel/fingerprint.ts';
import type { Conflict, Merged } from '../merge/merge.ts';
import type { Change, Value } from '../merge/merge-fact.ts';
import { rulesOf } from '../merge/rules.ts';
import { conflictWords, type SaidVersion } from '../merge/words.ts';
import {
  type ChooseVersion,
  type EntityCommand,
  entityCommands,
  type MergeFactCommand,
} from './commands.ts';
import type { ConflictVersion, EntityEvent } from './events.ts';
import {
  type EntityFact,
  type EntityState,
  evolveEntity,
  initialEntityState,
  mergedEntity,
} from './state.ts';

/** Facts, choices and conflicts of one entity; far more than people write about one thing. */
const MAX_EVENTS = 20_000;

/** The same two facts have the same conflict at each server, and after each rebuild. */
function conflictIdOf(storeId: string, entity: string, { field, key = '', facts }: Conflict) {
  const text = [storeId, entity, field, key, ...facts].join('\n');
  return `${shortHash(text)}${shortHash(`${text.length}\n${text}`)}`;
}

function merge(data: MergeFactCommand['data'], state: EntityState): readonly EntityEvent[] {
  if (state.facts[data.factId]) return [];
  const heads = data.heads.filter((id) => state.facts[id]);
  const lostHeads = data.heads.filter((id) => !state.facts[id]);
  const lost = lostHeads.length > 0 ? { lostHeads } : {};
  const changes = [...data.changes];
  return [{ type: 'EntityFactMerged', data: { ...data, changes, heads, ...lost } }];
}

function choose(
  { conflictId, chosen, by, reason }: ChooseVersion['data'],
  state: EntityState,
  { commandId, now: chosenAt }: CommandContext,
): readonly EntityEvent[] {
  const conflict = state.conflicts[conflictId];
  if (!conflict)
    throw new NotFoundError('conflict_not_found', `there is no conflict ${conflictId}`);
  const { field, facts } = conflict;
  if (!facts.includes(chosen)) {
    const message = `expected one of ${facts.join(', ')}, found ${chosen}`;
    throw new DomainError('conflict_version_unknown', message, { facts: [...facts] });
  }
  const change = state.facts[chosen]?.changes.find((each) => each.field === field);
  if (!change)
    throw new DomainError('conflict_version_unknown', `${chosen} did not write ${field}`);
  const { entity } = state;
  const { heads } = mergedEntity(state);
  const factId = `choice-${shortHash(`${entity}\n${commandId}`)}${shortHash(commandId)}`;
  const changes = [changeOnly(change, conflict.key)];
  const data = { entity, conflictId, factId, chosen, by, ...omitUndefined({ reason }) };
  return [
    {
      type: 'ConflictVersionChosen',
      data: { ...data, heads: [...heads], changes, chosenAt },
    } as EntityEvent,
  ];
}

/** Of a sum, only the part that is in conflict. */
function changeOnly(change: Change, key: string | undefined): Change {
  if (key === undefined) return change;
  const part = change.parts?.[key];
  return { field: change.field, ...(part && { parts: { [key]: part } }) };
}

const nameOf = ({ field, key = '', facts }: Conflict) => `${field}\n${key}\n${facts.join('\n')}`;

/** The conflicts that are new, and those that have ended. */
function conflictEvents(
  storeId: string,
  before: Merged,
  state: EntityState,
  written: EntityFact,
): readonly EntityEvent[] {
  const { entity } = state;
  const known = new Map(before.conflicts.map((each) => [nameOf(each), each]));
  const { keptAt } = written.by;
  const events: EntityEvent[] = [];
  for (const conflict of mergedEntity(state).conflicts) {
    const conflictId = conflictIdOf(storeId, entity, conflict);
    const earlier = known.get(nameOf(conflict));
    if (!earlier) events.push(found(state, conflict, conflictId, keptAt));
    else if (conflict.state === 'chosen' && earlier.state !== 'chosen') {
      const { factId, actor: by, deviceId } = written.by;
      const data = { conflictId, factId, by, ...omitUndefined({ deviceId }), endedAt: keptAt };
      events.push({ type: 'ConflictEnded', data });
    }
  }
  return events;
}

function found(
  { entity, facts }: EntityState,
  conflict: Conflict,
  conflictId: string,
  foundAt: string,
): EntityEvent {
  const { field, key, winner, state } = conflict;
  const rule = rulesOf(entity)?.[field];
  if (!rule) throw new DomainError('invalid_request', `expected a field of ${entity}`);
  const [a, b] = conflict.facts.map((id) => versionOf(facts[id], conflict)) as [
    ConflictVersion,
    ConflictVersion,
  ];
  const words = conflictWords(rule, [saidOf(a), saidOf(b)], conflict);
  return {
    type: 'ConflictFound',
    data: {
      ...{ conflictId, entity, field, ...omitUndefined({ key }), strategy: rule.rule },
      versions: [a, b],
      ...(winner !== null && { winner }),
      ...{ state, words, foundAt },
    },
  };
}

const saidOf = ({ factId, deviceId, actor, name, value }: ConflictVersion): SaidVersion => ({
  ...{ factId, where: deviceId ?? 'the server', who: name ?? actor },
  value: value as Value,
});

function versionOf(fact: EntityFact | undefined, { field, key }: Conflict): ConflictVersion {
  if (!fact) throw new DomainError('invalid_request', 'expected the facts of the conflict');
  const change = fact.changes.find((each) => each.field === field);
  const value = key === undefined ? change?.set : change?.parts?.[key];
  return { ...fact.by, value };
}

function decide(
  command: EntityCommand,
  state: EntityState,
  context: CommandContext,
): readonly EntityEvent[] {
  const written =
    command.type === 'MergeFact'
      ? merge(command.data, state)
      : choose(command.data, state, context);
  const after = written.reduce(evolveEntity, state);
  const [event] = written;
  if (!event || !('factId' in event.data)) return written;
  const fact = after.facts[event.data.factId];
  if (!fact) return written;
  return [...written, ...conflictEvents(context.storeId, mergedEntity(state), after, fact)];
}

/**
 * Something that several devices change without knowing of each other, such as an order at a table.
 * It is a set of facts; what it is, and which of them are in conflict, follows from them alone.
 */
export const entityDecider: Decider<EntityState, EntityCommand, EntityEvent> = {
  category: 'sharedentity',
  version: 1,
  maxEvents: MAX_EVENTS,
  initialState: initialEntityState,
  commands: entityCommands,
  decide,
  evolve: evolveEntity,
};
