import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { type BooksCommand, booksCommands } from './commands.ts';
import type { BooksEvent, BooksProvider, MissingTarget } from './events.ts';
import { BOOKS_ROLES, type BooksKind, type BooksMapping, mappingKey } from './mapping.ts';

/** Bounds the state of one shop: those of its targets and of its worklist. */
export const MAX_TARGETS = 3_000;
export const MAX_WORKLIST = 1_000;

/** The mapping of a shop to one provider, which names the entity. */
export interface BooksState extends BooksMapping {
  /** The first business day whose sales go to the books. Absent: those since the connection. */
  readonly firstDay?: string;
  /** What went to the fallback, by `mappingKey`. */
  readonly missing: Readonly<Record<string, true>>;
}

export const booksDecider: Decider<BooksState, BooksCommand, BooksEvent> = {
  category: 'booksmapping',
  version: 1,
  initialState: { targets: {}, modifiers: 'lines', missing: {} },
  commands: booksCommands,
  decide,
  evolve,
};

/**
 * @throws NotFoundError books_target_not_found.
 * @throws DomainError unknown_books_role, too_many_books_targets.
 */
function decide(
  command: BooksCommand,
  state: BooksState,
  { entityId }: CommandContext,
): readonly BooksEvent[] {
  const provider = entityId as BooksProvider;
  switch (command.type) {
    case 'SetBooksTarget': {
      const { kind, key, target } = command.data;
      assertRole(kind, key);
      const previous = state.targets[mappingKey(kind, key)];
      assertRoom(state, previous);
      const data = { provider, kind, key, target, ...omitUndefined({ previous }) };
      return [{ type: 'BooksTargetSet', data }];
    }
    case 'RemoveBooksTarget': {
      const { kind, key } = command.data;
      const previous = state.targets[mappingKey(kind, key)];
      if (previous === undefined) {
        throw new NotFoundError('books_target_not_found', `${kind} ${key} has no target`);
      }
      return [{ type: 'BooksTargetRemoved', data: { provider, kind, key, previous } }];
    }
    case 'ChangeModifierStyle':
      return [{ type: 'ModifierStyleChanged', data: { provider, ...command.data } }];
    case 'ChooseBooksStart': {
      const { firstDay } = command.data;
      const { firstDay: previous } = state;
      if (firstDay === previous) return [];
      const data = { provider, firstDay, ...omitUndefined({ previous }) };
      return [{ type: 'BooksStartChosen', data }];
    }
    case 'NoteMissingTargets': {
      const missing = newIn(command.data.missing, state);
      if (missing.length === 0) return [];
      const { orderId } = command.data;
      return [{ type: 'BooksTargetsMissing', data: { provider, orderId, missing } }];
    }
  }
}

function assertRole(kind: BooksKind, key: string): void {
  if (kind !== 'role' || BOOKS_ROLES.some((role) => role === key)) return;
  const message = `expected one of ${BOOKS_ROLES.join(', ')}, found ${key}`;
  throw new DomainError('unknown_books_role', message, { found: key });
}

function assertRoom({ targets }: BooksState, previous: string | undefined): void {
  if (previous !== undefined || Object.keys(targets).length < MAX_TARGETS) return;
  const message = `expected at most ${MAX_TARGETS} targets`;
  throw new DomainError('too_many_books_targets', message, { limit: MAX_TARGETS });
}

/** The worklist has an end: what does not fit is on it once there is room. */
function newIn(all: readonly MissingTarget[], { targets, missing }: BooksState): MissingTarget[] {
  const room = MAX_WORKLIST - Object.keys(missing).length;
  const isNew = ({ kind, key }: MissingTarget) => {
    const name = mappingKey(kind, key);
    return targets[name] === undefined && missing[name] === undefined;
  };
  return all.filter(isNew).slice(0, Math.max(0, room));
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  const { [name]: _removed, ...rest } = record;
  return rest;
}

function evolve(state: BooksState, event: BooksEvent): BooksState {
  const { targets, missing } = state;
  switch (event.type) {
    case 'BooksTargetSet': {
      const { kind, key, target } = event.data;
      const name = mappingKey(kind, key);
      return { ...state, targets: { ...targets, [name]: target }, missing: without(missing, name) };
    }
    case 'BooksTargetRemoved': {
      const { kind, key } = event.data;
      return { ...state, targets: without(targets, mappingKey(kind, key)) };
    }
    case 'ModifierStyleChanged':
      return { ...state, modifiers: event.data.modifiers };
    case 'BooksStartChosen':
      return { ...state, firstDay: event.data.firstDay };
    case 'BooksTargetsMissing': {
      const added: Record<string, true> = { ...missing };
      for (const { kind, key } of event.data.missing) added[mappingKey(kind, key)] = true;
      return { ...state, missing: added };
    }
  }
}
