import type { Command, CommandContext } from '../../domain/kernel/decider.ts';
import { ConflictError, DomainError, type ErrorCode } from '../../domain/kernel/errors.ts';
import type {
  Actor,
  AppendedEvent,
  CallerOrigin,
  DomainEvent,
  EventMetadata,
  NewEvent,
  RecordedEvent,
} from '../../domain/kernel/event.ts';
import { type CommandRefused, type EventTypes, upcast } from '../../domain/kernel/event-types.ts';
import { streamName } from '../../domain/kernel/names.ts';
import { type Position, START } from '../../domain/kernel/position.ts';
import { createFairTurns, type FairTurns } from '../../lib/fair-turns.ts';
import { createKeyedQueue } from '../../lib/keyed-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { CallerOrigins } from '../personal-data/caller-origins.ts';
import {
  type CommandFields,
  type PersonalData,
  plainFields,
} from '../personal-data/personal-data.ts';
import { yieldTurn } from '../yield-turn.ts';
import { appendUntilKnown } from './append-until-known.ts';
import { createEventChecks } from './event-checks.ts';
import { isLarge } from './large-command.ts';
import { catchUp, loadAsOf, loadStream, readRange, type StreamReader } from './load-stream.ts';
import { noSnapshots, type Snapshots } from './snapshots.ts';
import { createStateCache, type StateCache } from './state-cache.ts';
import {
  type AnyDecider,
  emptyStream,
  foldStored,
  type HandledCommand,
  REFUSED,
  type StreamState,
} from './stream-state.ts';
import { createWaypoints, noWaypoints } from './waypoints.ts';

const MAX_ATTEMPTS = 10;
/** Commands that may wait for one stream; one more is refused. */
const MAX_WAITING_COMMANDS = 1_000;
/** Longest mean pause between two attempts; the pauses of all ten add up to about 200 ms. */
const MAX_PAUSE_MS = 50;
const APPEND_DEADLINE_MS = 8_000;
const WAYPOINT_BYTES = 16 * 1_048_576;
/** Events of a stream after which no command is accepted, unless its decider says otherwise. */
const MAX_STREAM_EVENTS = 10_000;

export interface CommandRequest<Cmd extends Command = Command> {
  readonly command: Cmd;
  readonly context: CommandContext;
  readonly actor: Actor;
  readonly correlationId: string;
  /** The cause of this command: a request's id, or the event that a process reacts to. */
  readonly causationId: string;
  /** Executes the command only while the entity is at this revision (If-Match). */
  readonly ifRevision?: number;
  /**
   * The entity's id was derived from this command, so its stream exists only if the command is a
   * repeat. Saves a read; the append at no-stream proves it.
   */
  readonly creates?: boolean;
  readonly branchId?: string;
  readonly deviceId?: string;
  readonly occurredAt?: string;
  /** From where the request came. The events keep it encrypted. */
  readonly origin?: CallerOrigin | undefined;
}

/** An accepted command: its events, and the entity's state after them. Repeats get the same. */
export interface CommandResult<State, Event = DomainEvent> {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  /** Each with its stored id. */
  readonly events: readonly (Event & Pick<RecordedEvent, 'id'>)[];
  readonly state: State;
  /** True when the command had been executed before. */
  readonly repeated: boolean;
}

/** A command that the rules refused. The refusal is recorded, and repeats get it again. */
export class RefusedError extends DomainError {
  readonly position: Position;
  readonly repeated: boolean;

  constructor(data: CommandRefused['data'], position: Position, repeated: boolean) {
    super(data.code as ErrorCode, data.message, data.details);
    this.position = position;
    this.repeated = repeated;
  }
}

export interface CommandEngineOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly types: EventTypes;
  readonly cache?: StateCache;
  readonly snapshots?: Snapshots;
  readonly appendDeadlineMs?: number;
  /** Shared with other long work of this instance. */
  readonly turns?: FairTurns;
  /** Memory for states of long streams in the past, from which repeats are answered. */
  readonly waypointBytes?: number;
  /** Encrypts the personal data of events. Needed for deciders with personal data. */
  readonly personalData?: PersonalData;
  /** Encrypts from where requests came; without it the events do not hold it. */
  readonly origins?: Pick<CallerOrigins, 'seal'>;
}

export interface CommandEngine {
  /**
   * Executes a command exactly once for its id, without a time limit.
   * @throws RefusedError for a recorded business refusal.
   * @throws DomainError idempotency_key_reused, precondition_failed, or the decider's error for an
   *   unknown entity; nothing is recorded.
   * @throws ConflictError command_in_flight, contention.
   * @throws UpstreamError outcome_unknown, store_unavailable.
   */
  execute<State, Cmd extends Command, Event extends DomainEvent>(
    decider: AnyDeciderOf<State, Cmd, Event>,
    request: CommandRequest<Cmd>,
  ): Promise<CommandResult<State, Event>>;
  /**
   * The entity as the log has it now, for a decision about another entity. Records nothing, and
   * waits for no command.
   * @throws UpstreamError store_unavailable.
   */
  load<State, Cmd extends Command, Event extends DomainEvent>(
    decider: AnyDeciderOf<State, Cmd, Event>,
    storeId: string,
    entityId: string,
  ): Promise<LoadedEntity<State>>;
}

/** The state of an entity, and the revision and position of its last event; -1: it has none. */
export interface LoadedEntity<State> {
  readonly state: State;
  readonly revision: number;
  readonly position: Position;
}

export interface AnyDeciderOf<State, Cmd extends Command, Event extends DomainEvent> {
  readonly category: AnyDecider['category'];
  readonly version: number;
  readonly initialState: State;
  readonly personal?: AnyDecider['personal'] | undefined;
  decide(command: Cmd, state: State, context: CommandContext): readonly Event[];
  evolve(state: State, event: Event): State;
}

/** The state that a decision is based on, and whether it was read from the log for it. */
interface LoadedState {
  readonly entry: StreamState<unknown>;
  readonly fromLog: boolean;
}

export function createCommandEngine(options: CommandEngineOptions): CommandEngine {
  const { log, clock, ids, types, cache = createStateCache(), snapshots = noSnapshots } = options;
  const { personalData, origins } = options;
  const turns = options.turns ?? createFairTurns(yieldTurn);
  const deadlineMs = options.appendDeadlineMs ?? APPEND_DEADLINE_MS;
  const checkEvent = createEventChecks(types);
  const serialized = createKeyedQueue({
    maxWaiting: MAX_WAITING_COMMANDS,
    full: (stream) =>
      new ConflictError(
        'contention',
        `${MAX_WAITING_COMMANDS} commands already wait for ${stream}`,
      ),
  });
  const reader: StreamReader = { log, turns };
  const waypoints = createWaypoints(options.waypointBytes ?? WAYPOINT_BYTES);
  const inFlight = new Set<string>();
  /** Entries that this engine folded itself. Other entries of a cache are not trusted. */
  const ownEntries = new WeakSet<StreamState<unknown>>();

  function keep(entry: StreamState<unknown>): StreamState<unknown> {
    ownEntries.add(entry);
    cache.set(entry);
    return entry;
  }

  async function fromLog(
    stream: string,
    decider: AnyDecider,
    hint?: StreamState<unknown>,
  ): Promise<LoadedState> {
    const caughtUp = hint && (await catchUp(reader, hint, decider, types));
    const entry = caughtUp ?? (await loadStream(reader, stream, decider, types, snapshots));
    return { entry: keep(entry), fromLog: true };
  }

  /** Loads from the log alone, from the first event: for when a hint proved wrong. */
  async function fromFirstEvent(stream: string, decider: AnyDecider): Promise<LoadedState> {
    const entry = await loadStream(reader, stream, decider, types, noSnapshots);
    return { entry: keep(entry), fromLog: true };
  }

  function fromCache(stream: string): LoadedState | undefined {
    const entry = cache.get(stream);
    if (!entry || entry.stream !== stream || !ownEntries.has(entry)) return undefined;
    return { entry, fromLog: false };
  }

  function presumedNew(
    { creates }: CommandRequest,
    stream: string,
    decider: AnyDecider,
  ): LoadedState | undefined {
    return creates ? { entry: emptyStream(stream, decider), fromLog: false } : undefined;
  }

  function decide(
    decider: AnyDecider,
    { command, context, ifRevision }: CommandRequest,
    { revision, state, stream }: StreamState<unknown>,
  ): readonly DomainEvent[] {
    if (ifRevision !== undefined && ifRevision !== revision) {
      throw new DomainError(
        'precondition_failed',
        `expected stream ${stream} at revision ${ifRevision}, found ${revision}`,
        { expected: ifRevision, found: revision },
      );
    }
    assertRoom(decider, stream, revision, command);
    try {
      decider.commands?.check(command);
      return decider.decide(command, state, context);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'refused') throw error;
      const { code, message, details } = error;
      const refused: CommandRefused = {
        type: REFUSED,
        data: { command: command.type, code, message, details: plain(details) },
      };
      return [refused];
    }
  }

  function envelope(
    request: CommandRequest,
    fields: EventMetadata['fields'],
    origin: string | undefined,
    decided: readonly DomainEvent[],
  ): NewEvent[] {
    const { context, actor, correlationId, causationId, branchId, deviceId, occurredAt } = request;
    return decided.map((event) => ({
      id: ids.uuid(),
      type: event.type,
      data: event.data,
      metadata: {
        storeId: context.storeId,
        ...(branchId !== undefined && { branchId }),
        commandId: context.commandId,
        fields,
        correlationId,
        causationId,
        actor,
        ...(deviceId !== undefined && { deviceId }),
        ...(occurredAt !== undefined && { occurredAt }),
        ...(origin !== undefined && { origin }),
        schemaVersion: checkEvent(event),
      },
    }));
  }

  /**
   * The first result of a command again, read from its stream, as are the fields of the command. A
   * cached command id is only believed if its events are in the log.
   */
  async function replayResult(
    decider: AnyDecider,
    request: CommandRequest,
    fields: CommandFields,
    known: StreamState<unknown>,
    { revision, count }: HandledCommand,
  ): Promise<CommandResult<unknown> | 'reload-from-log'> {
    const { stream } = known;
    const { commandId } = request.context;
    const recorded = await readRange(log, stream, revision, count);
    const [first] = recorded;
    const isOfCommand = recorded.every(({ metadata }) => metadata.commandId === commandId);
    if (!first || recorded.length !== count || !isOfCommand) return 'reload-from-log';
    const differing = await fields.differingFrom(first.metadata.fields);
    if (differing.length > 0) {
      throw new DomainError(
        'idempotency_key_reused',
        `the key was used before with other ${differing.join(', ')}`,
        { fields: differing, commandId },
      );
    }
    const events = recorded.map((event) => upcast(types, event));
    const last = revision + count - 1;
    // The latest command of the stream: its state is at hand, and the log has just proved it.
    const isLatest = known.revision === last && known.lastEventId === recorded.at(-1)?.id;
    // What this instance remembers can be from before the erasure by another one.
    const erased = decider.personal && ((await personalData?.isErased(stream)) ?? false);
    if (erased) cache.delete(stream);
    const entry =
      isLatest && !erased
        ? known
        : await loadAsOf(reader, stream, last, decider, types, erased ? noWaypoints : waypoints);
    return resultOf(entry, events, true);
  }

  async function attempt(
    decider: AnyDecider,
    request: CommandRequest,
    fields: CommandFields,
    loaded: LoadedState,
  ): Promise<CommandResult<unknown> | 'reload' | 'reload-from-log'> {
    const { entry } = loaded;
    const { stream } = entry;
    const handled = entry.handled.get(request.context.commandId);
    if (handled) return replayResult(decider, request, fields, entry, handled);
    let decided: readonly DomainEvent[];
    try {
      decided = decide(decider, request, entry);
    } catch (error) {
      // The log checks no decision that appends nothing, so that one is made on what it holds now.
      if (!loaded.fromLog) return 'reload';
      throw error;
    }
    if (decided.length === 0) {
      return loaded.fromLog ? resultOf(entry, [], false) : 'reload';
    }
    const large = isLarge(decided);
    if (large) await turns.take(request.context.storeId);
    const origin = request.origin && (await origins?.seal(request.context.storeId, request.origin));
    const events = envelope(request, await fields.hashes(), origin, decided);
    const stored = personalData ? await personalData.seal(stream, events) : events;
    // Erased since this state was loaded, so the append would meet another revision.
    if (!stored) return 'reload';
    const expected = entry.revision < 0 ? 'no-stream' : entry.revision;
    const outcome = await appendUntilKnown(
      { log, clock, ids, deadlineMs },
      stream,
      expected,
      stored,
    ).catch((error: unknown) => {
      cache.delete(stream);
      throw error;
    });
    if (outcome.outcome === 'conflict') return 'reload';
    const { position } = outcome;
    if (large) await turns.take(request.context.storeId);
    const appended = events.map((event, i) => ({
      ...event,
      stream,
      revision: entry.revision + 1 + i,
      // The position of the last event, which is the one that a result reports.
      position,
    }));
    const next = keep(foldStored(entry, appended, decider, types));
    snapshots.offer(entry.revision, next, decider);
    return resultOf(next, appended, false);
  }

  /**
   * The winner has the state cached (1 round trip), the loser must reload (2) and would lose until
   * the winner is idle: back off more after each conflict.
   */
  async function backOffAfterConflict(earlierConflicts: number): Promise<void> {
    if (earlierConflicts === 0) return;
    await clock.sleep(Math.min(2 ** earlierConflicts, MAX_PAUSE_MS) * (0.5 + ids.random()));
  }

  async function run(decider: AnyDecider, request: CommandRequest, stream: string) {
    const personal = decider.personal?.commandFields;
    const fields =
      personal && personalData
        ? personalData.fields(stream, request.command, personal)
        : plainFields(request.command);
    if (isLarge(request.command)) await turns.take(request.context.storeId);
    let loaded = fromCache(stream) ?? presumedNew(request, stream, decider);
    loaded ??= await fromLog(stream, decider);
    for (let tries = 0; tries < MAX_ATTEMPTS; tries++) {
      const result = await attempt(decider, request, fields, loaded);
      if (result !== 'reload' && result !== 'reload-from-log') return result;
      await backOffAfterConflict(tries);
      loaded =
        result === 'reload'
          ? await fromLog(stream, decider, loaded.entry)
          : await fromFirstEvent(stream, decider);
    }
    throw new ConflictError('contention', `${stream} changed ${MAX_ATTEMPTS} times meanwhile`);
  }

  return {
    async execute<State, Cmd extends Command, Event extends DomainEvent>(
      decider: AnyDeciderOf<State, Cmd, Event>,
      request: CommandRequest<Cmd>,
    ) {
      const { storeId, entityId, commandId } = request.context;
      const stream = streamName(decider.category, storeId, entityId);
      const key = `${stream} ${commandId}`;
      if (inFlight.has(key)) {
        throw new ConflictError('command_in_flight', `command ${commandId} is being executed`);
      }
      inFlight.add(key);
      try {
        const result = await serialized(stream, () =>
          run(decider as unknown as AnyDecider, request, stream),
        );
        return result as unknown as CommandResult<State, Event>;
      } finally {
        inFlight.delete(key);
      }
    },
    async load<State, Cmd extends Command, Event extends DomainEvent>(
      typed: AnyDeciderOf<State, Cmd, Event>,
      storeId: string,
      entityId: string,
    ) {
      const decider = typed as unknown as AnyDecider;
      const stream = streamName(decider.category, storeId, entityId);
      const { entry } = await fromLog(stream, decider, fromCache(stream)?.entry);
      const { state, revision, lastPosition: position = START } = entry;
      return { state: state as State, revision, position };
    },
  };
}

/** @throws ConflictError stream_full when the stream has as many events as it may have. */
function assertRoom(
  { maxEvents: limit = MAX_STREAM_EVENTS, reserve }: AnyDecider,
  stream: string,
  revision: number,
  { type }: Command,
) {
  const maxEvents = reserve?.commands.includes(type) ? limit + reserve.events : limit;
  if (revision + 1 < maxEvents) return;
  throw new ConflictError('stream_full', `expected fewer than ${maxEvents} events in ${stream}`, {
    stream,
    maxEvents,
  });
}

/** The result of a command from its stored events. @throws RefusedError */
function resultOf(
  entry: StreamState<unknown>,
  stored: readonly AppendedEvent[],
  repeated: boolean,
): CommandResult<unknown> {
  const position = entry.lastPosition ?? START;
  const first = stored[0];
  if (first?.type === REFUSED) {
    throw new RefusedError(first.data as CommandRefused['data'], position, repeated);
  }
  const { stream, revision, state } = entry;
  const events = stored.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
  return { stream, revision, position, events, state, repeated };
}

/** Details as they are read back from the log: plain JSON. */
function plain(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(details)) as Record<string, unknown>;
}
