import {
  assertDrawer,
  type DrawerRecording,
  recordInDrawer,
} from '../../../commands/drawers/record-in-drawer.ts';
import type { AccountEvent } from '../../../domain/accounts/index.ts';
import type { Command, Decider } from '../../../domain/kernel/decider.ts';
import type { DomainEvent } from '../../../domain/kernel/event.ts';
import type { OrderEvent } from '../../../domain/orders/index.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import type { ApiRequest, Route } from '../../route.ts';
import type { Services } from '../../services.ts';

type AnyRequest = ApiRequest<unknown, unknown, unknown>;

/** Of a body, where it names a drawer session. */
interface DrawerBody {
  readonly drawerId?: string;
  readonly currency: string;
}

/**
 * The operation, with the effect of its events on the drawer session that the body names. The
 * response then has the position of the drawer's event, so that a query with it shows both.
 */
export function withDrawer(route: Route): Route {
  return {
    ...route,
    errors: [...(route.errors ?? []), 'drawer_not_found'],
    async handle(request, services) {
      const { drawerId, currency } = request.body as DrawerBody;
      if (drawerId === undefined) return route.handle(request, services);
      const recording = recordingOf(request, services);
      await assertDrawer(recording, { drawerId, currency, commandId: request.commandId });
      return route.handle({ ...request, execute: executing(request, recording) }, services);
    },
  };
}

function recordingOf(request: AnyRequest, services: Services): DrawerRecording {
  const { caller, correlationId, origin } = request;
  const { commands, clock, calendar } = services;
  const storeId = caller.shop.id;
  const nowMs = clock.now();
  return {
    commands,
    clock,
    context: {
      storeId,
      now: new Date(nowMs).toISOString(),
      businessDay: calendar.businessDay(storeId, nowMs),
    },
    envelope: { actor: caller.actor, correlationId, origin },
  };
}

function executing(request: AnyRequest, recording: DrawerRecording): AnyRequest['execute'] {
  return async <State, Cmd extends Command, Event extends DomainEvent>(
    decider: Decider<State, Cmd, Event>,
    entityId: string,
    command: Cmd,
  ) => {
    return recorded(recording, await request.execute(decider, entityId, command));
  };
}

/** The result of a later command of a request, once it is in the session that its events name. */
export function inDrawer<State, Event extends DomainEvent>(
  request: AnyRequest,
  services: Services,
  result: CommandResult<State, Event>,
): Promise<CommandResult<State, Event>> {
  return recorded(recordingOf(request, services), result);
}

async function recorded<State, Event extends DomainEvent>(
  recording: DrawerRecording,
  result: CommandResult<State, Event>,
): Promise<CommandResult<State, Event>> {
  let { position } = result;
  for (const event of result.events) {
    const source = event as unknown as { id: string } & (OrderEvent | AccountEvent);
    position = (await recordInDrawer(recording, source))?.position ?? position;
  }
  return { ...result, position };
}
