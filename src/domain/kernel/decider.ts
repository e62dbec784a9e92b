import type { CommandSet } from './define-commands.ts';
import type { DomainEvent } from './event.ts';
import type { Category } from './names.ts';

/**
 * What a decider may know beyond its state. The clock, the calendar and the ids are read outside
 * and arrive here as data, so that a decision can be repeated exactly.
 */
export interface CommandContext {
  readonly storeId: string;
  /** The entity the command is for; a creating command finds its new id here. */
  readonly entityId: string;
  readonly commandId: string;
  /** RFC 3339 in UTC. */
  readonly now: string;
  /** The store's business day `YYYY-MM-DD`, after its time zone and its hour of closing. */
  readonly businessDay: string;
}

/**
 * An intention. `data` is what the caller asked for, field by field; it is what a repeat must
 * equal.
 */
export interface Command<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** Personal data of an aggregate. Each of its streams is about one person. */
export interface PersonalFields {
  /** Fields of its commands from which a person could be recognised. */
  readonly commandFields: readonly string[];
}

/**
 * The rules of one aggregate, as pure functions.
 *
 * `decide` yields the events of an accepted command, or throws DomainError. `version` names this
 * fold: raise it with every change of `evolve` or `initialState`, and older snapshots are ignored.
 */
export interface Decider<State, Cmd extends Command, Event extends DomainEvent> {
  readonly category: Category;
  readonly version: number;
  readonly initialState: State;
  /** What its commands must hold; the engine checks each before it is decided. */
  readonly commands?: CommandSet;
  /** Events after which a stream accepts no more commands; 10,000 when absent. */
  readonly maxEvents?: number;
  /** Commands that can use more events than `maxEvents`, so that a full stream can be ended. */
  readonly reserve?: { readonly events: number; readonly commands: readonly string[] };
  /** Set when its events hold personal data: its state is stored encrypted as well. */
  readonly personal?: PersonalFields | undefined;
  decide(command: Cmd, state: State, context: CommandContext): readonly Event[];
  evolve(state: State, event: Event): State;
}
