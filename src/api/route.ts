import type { Static, TSchema } from '@sinclair/typebox';

import type { CommandResult } from '../engine/commands/command-engine.ts';
import type { Command, CommandContext } from '../domain/kernel/decider.ts';
import type { DomainEvent } from '../domain/kernel/event.ts';
import type { Category } from '../domain/kernel/names.ts';
import type { Position } from '../domain/kernel/position.ts';
import type { Query, StoredDocument } from '../ports/read-store.ts';
import type { Role, Shop } from '../domain/kernel/shop.ts';
import type { Services } from './services.ts';

/**
 * Reads of the caller's own store, by projection name; the generation that answers is found inside.
 */
export interface Reads {
  get<Doc>(projection: string, key: string): Promise<StoredDocument<Doc> | undefined>;
  find<Doc>(projection: string, query: Query): Promise<readonly StoredDocument<Doc>[]>;
}

export interface Caller {
  readonly shop: Shop;
  readonly keyId: string;
  readonly role: Role;
}

/** The rules of an aggregate as a route needs them. */
export interface RouteDecider<State, Cmd extends Command, Event extends DomainEvent> {
  readonly category: Category;
  readonly version: number;
  readonly initialState: State;
  decide(command: Cmd, state: State, context: CommandContext): readonly Event[];
  evolve(state: State, event: Event): State;
}

/** A validated request, bound to the caller's store: nothing in it reaches another one's data. */
export interface ApiRequest<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly caller: Caller;
  readonly correlationId: string;
  /** The Idempotency-Key of a write; the command id. */
  readonly commandId: string;
  readonly reads: Reads;
  /** The id of an entity that this command creates: the same for every repeat of the key (K3). */
  newEntityId(): string;
  /** Carries a command out for this caller, with its key, clock, business day and If-Match. */
  execute<State, Cmd extends Command, Event extends DomainEvent>(
    decider: RouteDecider<State, Cmd, Event>,
    entityId: string,
    command: Cmd,
  ): Promise<CommandResult<State, Event>>;
}

export interface ApiResponse<R> {
  readonly status: number;
  readonly body: R;
  /** Becomes the Tillstream-Position header. */
  readonly position?: Position;
  /** Becomes the ETag. */
  readonly revision?: number;
  readonly location?: string;
}

/** One operation of the API: what validates it, documents it, guards it and carries it out. */
export interface Route<
  P extends TSchema = TSchema,
  Q extends TSchema = TSchema,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Express path with `:name` parameters, without a base path. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** Roles that may call it; `public` needs no key. */
  readonly access: 'public' | readonly Role[];
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Status of success and the schema of its body. */
  readonly status: number;
  readonly response: R;
  /** A write needs an Idempotency-Key and honours If-Match. */
  readonly write: boolean;
  /** Projections that a query waits for when the caller gives a position. */
  readonly readModels?: readonly string[];
  /** A request that works, for the documentation; used by the tests as well. */
  readonly example?: Static<B>;
  readonly errors?: readonly string[];
  /** Statuses beside `status` that answer with the same body, such as a failed health check. */
  readonly otherStatuses?: readonly number[];
  /**
   * The handler looks at the texts and numbers in the body itself, item by item, by `findUnsafe`.
   * Without it one control character anywhere refuses the whole request.
   */
  readonly unsafeItems?: true;
  /** Largest body, for routes that take lists; the limit of the API when absent. */
  readonly bodyLimitBytes?: number;
  handle(
    request: ApiRequest<Static<P>, Static<Q>, Static<B>>,
    services: Services,
  ): Promise<ApiResponse<Static<R>>>;
}

/** Keeps the types of a route's schemas together with its handler. */
export function route<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema>(
  definition: Route<P, Q, B, R>,
): Route {
  return definition;
}
