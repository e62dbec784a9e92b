import type { Static, TSchema } from '@sinclair/typebox';

import type { Command, Decider } from '../domain/kernel/decider.ts';
import type { ErrorCode } from '../domain/kernel/errors.ts';
import type { Actor, CallerOrigin, DomainEvent } from '../domain/kernel/event.ts';
import type { Permission } from '../domain/kernel/permissions.ts';
import type { Position } from '../domain/kernel/position.ts';
import type { Grant, Shop } from '../domain/kernel/shop.ts';
import type { CommandResult } from '../engine/commands/command-engine.ts';
import type { ReadCached } from '../engine/projections/cached-read.ts';
import type { Reads } from '../engine/projections/reads.ts';
import type { LimiterName } from '../ports/rate-limit-definitions.ts';
import type { SentEvent } from './http/send-events.ts';
import type { StaticContent } from './http/static-content.ts';
import type { Services } from './services.ts';

/** Who sends a request: an API key, a user or a device of one shop. */
export interface Caller {
  readonly shop: Shop;
  /** Names the caller in events and logs. */
  readonly actor: Actor;
  readonly grants: readonly Grant[];
  /** The branch that the request is for; absent: none, or the whole shop. */
  readonly branchId?: string;
  /** The session of a user. */
  readonly sessionId?: string;
  /** The device that asks, or at which the user has signed in. */
  readonly deviceId?: string;
}

/** A validated request, bound to the caller's shop: it gives no access to another shop. */
export interface ApiRequest<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly caller: Caller;
  readonly correlationId: string;
  /** Network address of the caller. */
  readonly address: string;
  /** From where the request came, for the events. */
  readonly origin: CallerOrigin;
  /** The Idempotency-Key of a write; the command id. */
  readonly commandId: string;
  readonly reads: Reads;
  /** From the cache where it holds everything up to the position that the caller names. */
  readonly cached: ReadCached;
  /** The request as it came, for a route whose requests are signed. */
  readonly signed?: {
    readonly body: string;
    readonly header: (name: string) => string | undefined;
  };
  /** The request as it came, for a route that reads it itself. */
  readonly raw?: RawRequest;
  /** The id of the entity that this command creates, the same for every repeat of the key (K3). */
  newEntityId(): string;
  /** Runs a command for this caller, with its key, clock, business day and If-Match. */
  execute<State, Cmd extends Command, Event extends DomainEvent>(
    decider: Decider<State, Cmd, Event>,
    entityId: string,
    command: Cmd,
  ): Promise<CommandResult<State, Event>>;
}

/** A request whose body is neither read nor checked before its handler asks for it. */
export interface RawRequest {
  /** The value of a header by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** The query, without the question mark. */
  readonly query: string;
  /** @throws RequestError body_too_large, unsupported_media_type. @throws RequestAbortedError */
  readonly readBody: () => Promise<Uint8Array>;
}

/** The connection of a caller that gets events as they come. */
export interface LiveStream {
  /** Aborts when the caller is gone. */
  readonly signal: AbortSignal;
  /** The id of the last event that it has got, where it was connected before. */
  readonly lastEventId?: string;
}

export interface ApiResponse<R> {
  readonly status: number;
  readonly body: R;
  /** Sent as it is instead of the body. */
  readonly content?: StaticContent;
  /** The body is a text of this type, and not JSON. */
  readonly contentType?: string;
  /** Becomes the Tillstream-Position header. */
  readonly position?: Position;
  /** Becomes the ETag. */
  readonly revision?: number;
  readonly location?: string;
}

/** One operation of the API as data, for validation, documentation, access and execution. */
export interface Route<
  P extends TSchema = TSchema,
  Q extends TSchema = TSchema,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Express path with `:name` parameters, without a base path. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** The permission that the caller needs; `public` needs no key. */
  readonly permission: Permission | 'public';
  /** `system`: it reads and writes what belongs to the installation, not to the caller's shop. */
  readonly scope?: 'shop' | 'system';
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Status of success, and the schema of its body. */
  readonly status: number;
  readonly response: R;
  /** A write needs an Idempotency-Key and honours If-Match. */
  readonly write: boolean;
  /** It reads read models: with a position, it waits until they have reached it. */
  readonly waits?: boolean;
  /** It reads much: a shop has only a few such requests in progress, the others wait. */
  readonly heavy?: boolean;
  /** Its responses have the entity's revision as ETag; If-Match and If-None-Match refer to it. */
  readonly revisioned?: boolean;
  /** Its responses have a Location. */
  readonly located?: boolean;
  /** A valid request, for the documentation and the tests. */
  readonly example?: Static<B>;
  readonly errors?: readonly ErrorCode[];
  /** The type of its response where that is not JSON, for the documentation. */
  readonly produces?: string;
  /** Other statuses with the same body, such as that of a failed health check. */
  readonly otherStatuses?: readonly number[];
  /**
   * The handler checks texts and numbers of the body itself, item by item, with `findUnsafe`.
   * Otherwise one control character anywhere rejects the whole request.
   */
  readonly unsafeItems?: true;
  /** Its body is not read, whatever its type: the operation has none. */
  readonly ignoresBody?: true;
  /** Served also while the server starts or stops: health and documentation, nothing of shops. */
  readonly servesAlways?: true;
  /** Its requests are signed: the handler gets the body as it came, and the headers. */
  readonly signed?: true;
  /**
   * Its handler reads the request itself: neither the query nor the body is checked before, and the
   * limiters of its own are the handler's as well.
   */
  readonly raw?: true;
  /** Largest body, for routes that take lists; by default the limit of the API. */
  readonly bodyLimitBytes?: number;
  /** Limiters beside those of all requests. */
  readonly limiters?: readonly LimiterName[];
  /** Longest time to carry it out; 0: no limit; by default that of the API. */
  readonly deadlineMs?: number;
  /**
   * The same operation as server-sent events, for callers that accept `text/event-stream`. It has
   * no deadline; `signal` aborts when the caller is gone.
   */
  live?(
    request: ApiRequest<Static<P>, Static<Q>, Static<B>>,
    services: Services,
    stream: LiveStream,
  ): AsyncIterable<SentEvent>;
  /** Its response holds a secret: it is neither compressed nor kept by any cache. */
  readonly sensitive?: true;
  handle(
    request: ApiRequest<Static<P>, Static<Q>, Static<B>>,
    services: Services,
  ): Promise<ApiResponse<Static<R>>>;
}

/** Ties the types of a route's schemas to its handler. */
export function route<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema>(
  definition: Route<P, Q, B, R>,
): Route {
  return definition;
}
