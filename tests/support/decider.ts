import type { Command, CommandContext, Decider } from '../../src/domain/kernel/decider.ts';
import { type ErrorCode, TillstreamError } from '../../src/domain/kernel/errors.ts';
import type { DomainEvent } from '../../src/domain/kernel/event.ts';

export const CONTEXT: CommandContext = {
  storeId: 's1',
  entityId: 'entity-1',
  commandId: 'command-1',
  now: '2025-03-10T12:00:00.000Z',
  businessDay: '2025-03-10',
};

/** State and events of a decider after commands, each executed on the state before it. */
export function fold<State, Event extends DomainEvent>(
  decider: Pick<Decider<State, Command, Event>, 'initialState' | 'evolve'>,
  events: readonly Event[],
): State {
  let state = decider.initialState;
  // Snapshots hold states as JSON: a state that does not survive it would differ after a restart.
  for (const event of events) state = throughJson(decider.evolve(state, event));
  return state;
}

function throughJson<T>(value: T): T {
  const copy = JSON.parse(JSON.stringify(value)) as T;
  expect(copy).toEqual(value);
  return copy;
}

export interface Outcome<Event> {
  /** The decision yields exactly these events, and the state after them can be folded. */
  then(events: readonly Event[]): void;
  /** The decision is rejected with this code. @returns the error, to check its details. */
  thenRefused(code: ErrorCode): TillstreamError;
}

/** Tests a decider: given events, when a command, then events. */
export function given<State, Cmd extends Command, Event extends DomainEvent>(
  decider: Decider<State, Cmd, Event>,
  events: readonly Event[],
): { when(command: Cmd, context?: Partial<CommandContext>): Outcome<Event> } {
  return {
    when(command, context = {}) {
      const state = fold<State, Event>(decider, events);
      const decide = () => decider.decide(command, state, { ...CONTEXT, ...context });
      return {
        then(expected) {
          const found = decide();
          expect(found).toEqual(expected);
          fold<State, Event>(decider, [...events, ...found]);
        },
        thenRefused(code) {
          const error = refusalOf(decide);
          expect(error.code).toBe(code);
          return error;
        },
      };
    },
  };
}

function refusalOf(decide: () => unknown): TillstreamError {
  let events: unknown;
  try {
    events = decide();
  } catch (error) {
    if (error instanceof TillstreamError) return error;
    throw error;
  }
  throw new Error(`expected a refusal, found ${JSON.stringify(events)}`);
}
