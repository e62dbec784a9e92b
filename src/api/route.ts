import type { Static, TSchema } from '@sinclair/typebox';

import type { CommandResult } from '../engine/commands/command-engine.ts';
import type { Command, Decider } from '../domain/kernel/decider.ts';
import type { ErrorCode } from '../domain/kernel/errors.ts';
import type { DomainEvent } from '../domain/kernel/event.ts';
import type { Permission } from '../domain/kernel/permissions.ts';
import type { Position } from '../domain/kernel/position.ts';
import type { Reads } from '../engine/projections/reads.ts';
import type { Role, Shop } from '../domain/kernel/shop.ts';
import type { Services } from './services.ts';

export interface Caller {
  readonly shop: Shop;
  readonly keyId: string;
  readonly role: Role;
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
    decider: Decider<State, Cmd, Event>,
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
  /** What the caller must be permitted; `public` needs no key. */
  readonly permission: Permission | 'public';
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Status of success and the schema of its body. */
  readonly status: number;
  readonly response: R;
  /** A write needs an Idempotency-Key and honours If-Match. */
  readonly write: boolean;
  /** It reads read models: a caller that names a position waits until they have reached it. */
  readonly waits?: boolean;
  /** A request that works, for the documentation; used by the tests as well. */
  readonly example?: Static<B>;
  readonly errors?: readonly ErrorCode[];
  /** Statuses beside `status` that answer with the same body, such as a failed health check. */
  readonly otherStatuses?: readonly number[];
  /**
   * The handler checks the texts and numbers that it reads from the body itself, item by item.
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
