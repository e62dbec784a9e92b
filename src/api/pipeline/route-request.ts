import type { Command } from '../../domain/kernel/decider.ts';
import { InvariantError } from '../../domain/kernel/errors.ts';
import type { CallerOrigin } from '../../domain/kernel/event.ts';
import { SYSTEM_STORE } from '../../domain/kernel/names.ts';
import type { CommandRequest } from '../../engine/commands/command-engine.ts';
import type { ReadCached } from '../../engine/projections/cached-read.ts';
import type { Reads } from '../../engine/projections/reads.ts';
import type { RequestHeaders } from '../http/headers.ts';
import type { ApiRequest, Caller, Route } from '../route.ts';
import type { Services } from '../services.ts';

/** 128 bits: two commands of one shop never share an id by chance. */
const ENTITY_ID_LENGTH = 32;

export interface RouteRequestParts {
  readonly route: Route;
  readonly services: Services;
  readonly caller: Caller;
  readonly correlationId: string;
  readonly origin: CallerOrigin;
  readonly headers: RequestHeaders;
  readonly reads: Reads;
  readonly cached: ReadCached;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly signed?: ApiRequest<unknown, unknown, unknown>['signed'];
  readonly raw?: ApiRequest<unknown, unknown, unknown>['raw'];
}

export interface RouteRequest {
  readonly request: ApiRequest<never, never, never>;
  /** Whether a command of this request had been carried out before. */
  readonly repeated: () => boolean;
}

/** The request that a handler gets: validated, and bound to the caller's shop in all it can do. */
export function createRouteRequest(parts: RouteRequestParts): RouteRequest {
  const { route, services, caller, correlationId, origin, headers, reads } = parts;
  const { commandId, ifRevision, occurredAt } = headers;
  // A registered device is known: what the header says does not matter.
  const deviceId = caller.deviceId ?? headers.deviceId;
  let repeated = false;
  let newId: string | undefined;

  function commandOf<Cmd extends Command>(entityId: string, command: Cmd): CommandRequest<Cmd> {
    if (!route.write) {
      throw new InvariantError('only writes to carry out commands', {
        operationId: route.operationId,
      });
    }
    const storeId = route.scope === 'system' ? SYSTEM_STORE : caller.shop.id;
    const nowMs = services.clock.now();
    return {
      command,
      context: {
        storeId,
        entityId,
        commandId,
        now: new Date(nowMs).toISOString(),
        businessDay: services.calendar.businessDay(caller.shop.id, nowMs),
      },
      actor: caller.actor,
      origin,
      correlationId,
      causationId: correlationId,
      ...(caller.branchId !== undefined && { branchId: caller.branchId }),
      ...(entityId === newId && { creates: true }),
      ...(ifRevision !== undefined && { ifRevision }),
      ...(deviceId !== undefined && { deviceId }),
      ...(occurredAt !== undefined && { occurredAt }),
    };
  }

  const request: ApiRequest<unknown, unknown, unknown> = {
    params: parts.params,
    query: parts.query,
    body: parts.body,
    ...(parts.signed && { signed: parts.signed }),
    ...(parts.raw && { raw: parts.raw }),
    caller,
    correlationId,
    address: origin.address ?? '',
    origin,
    commandId,
    reads,
    cached: parts.cached,
    newEntityId() {
      newId ??= services.digest
        .sha256(`${caller.shop.id}\n${route.operationId}\n${commandId}`)
        .slice(0, ENTITY_ID_LENGTH);
      return newId;
    },
    async execute(decider, entityId, command) {
      const result = await services.commands.execute(decider, commandOf(entityId, command));
      if (result.repeated) repeated = true;
      return result;
    },
  };
  return { request: request as ApiRequest<never, never, never>, repeated: () => repeated };
}
