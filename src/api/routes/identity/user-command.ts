import type { SignInRequest } from '../../../commands/identity/options.ts';
import type { UserCommand } from '../../../domain/identity/index.ts';
import type { CommandRequest } from '../../../engine/commands/command-engine.ts';
import type { ApiRequest } from '../../route.ts';
import type { Services } from '../../services.ts';

type Asked = Pick<ApiRequest<unknown, unknown, unknown>, 'correlationId' | 'address' | 'origin'>;

export function signInRequest({ correlationId, address, origin }: Asked): SignInRequest {
  return { correlationId, address, origin };
}

/** A command of a user itself, who has no key or token yet. */
export function userCommandRequest<Cmd extends UserCommand>(
  { clock, calendar, ids }: Services,
  { correlationId, origin }: Asked,
  { storeId, userId, command }: { storeId: string; userId: string; command: Cmd },
): CommandRequest<Cmd> {
  const nowMs = clock.now();
  return {
    command,
    context: {
      storeId,
      entityId: userId,
      commandId: ids.uuid(),
      now: new Date(nowMs).toISOString(),
      businessDay: calendar.businessDay(storeId, nowMs),
    },
    actor: { kind: 'user', id: userId },
    correlationId,
    causationId: correlationId,
    origin,
  };
}
