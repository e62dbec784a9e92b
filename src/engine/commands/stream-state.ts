import type { Command, Decider } from '../../domain/kernel/decider.ts';
import { deepFreeze } from '../../domain/kernel/deep-freeze.ts';
import type { AppendedEvent, DomainEvent, RecordedEvent } from '../../domain/kernel/event.ts';
import { type EventTypes, upcast } from '../../domain/kernel/event-types.ts';
import { invariant } from '../../domain/kernel/invariant.ts';
import type { Position } from '../../domain/kernel/position.ts';
import { unreadableEvent } from '../../domain/kernel/unreadable-event.ts';

export type AnyDecider<State = unknown> = Decider<State, Command, DomainEvent>;

/** A command that this stream has handled: where its events stand. They record its fields. */
export interface HandledCommand {
  readonly revision: number;
  readonly count: number;
}

/** A stream folded up to `revision` (-1: no stream). Created only by the functions below. */
export interface StreamState<State> {
  readonly stream: string;
  readonly revision: number;
  readonly lastEventId: string | undefined;
  readonly lastPosition: Position | undefined;
  readonly state: State;
  /** By command id. Shared by later states of the stream: every id in it is stored. */
  readonly handled: Map<string, HandledCommand>;
}

export const REFUSED = 'CommandRefused';

export function emptyStream<State>(stream: string, decider: AnyDecider<State>): StreamState<State> {
  return Object.freeze({
    stream,
    revision: -1,
    lastEventId: undefined,
    lastPosition: undefined,
    state: deepFreeze(decider.initialState),
    handled: new Map(),
  });
}

type PlacedEvent = AppendedEvent & Pick<RecordedEvent, 'position'>;

/** The next state of a stream, after events that are known to be stored, in order without a gap. */
export function foldStored<State>(
  before: StreamState<State>,
  events: readonly PlacedEvent[],
  decider: AnyDecider<State>,
  types: EventTypes,
): StreamState<State> {
  let { revision, lastEventId, lastPosition, state } = before;
  for (const recorded of events) {
    invariant(recorded.revision === revision + 1, `${before.stream} at revision ${revision + 1}`, {
      revision: recorded.revision,
      stream: recorded.stream,
    });
    const { event, next } = foldOne(state, recorded, decider, types);
    remember(before.handled, event);
    state = next;
    revision = event.revision;
    lastEventId = event.id;
    lastPosition = event.position;
  }
  return Object.freeze({
    stream: before.stream,
    revision,
    lastEventId,
    lastPosition,
    state: deepFreeze(state),
    handled: before.handled,
  });
}

/** @throws ConflictError unreadable_event */
function foldOne<State>(
  state: State,
  recorded: PlacedEvent,
  decider: AnyDecider<State>,
  types: EventTypes,
): { readonly event: PlacedEvent; readonly next: State } {
  try {
    const event = upcast(types, recorded);
    return { event, next: event.type === REFUSED ? state : decider.evolve(state, event) };
  } catch (cause) {
    throw unreadableEvent(recorded, cause);
  }
}

function remember(handled: Map<string, HandledCommand>, event: AppendedEvent): void {
  const { commandId } = event.metadata;
  const known = handled.get(commandId);
  if (!known) {
    handled.set(commandId, { revision: event.revision, count: 1 });
  } else if (event.revision === known.revision + known.count) {
    handled.set(commandId, { ...known, count: known.count + 1 });
  } else {
    invariant(event.revision < known.revision + known.count, 'one command to be one append', {
      commandId,
      revision: event.revision,
    });
  }
}
