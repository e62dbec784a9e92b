import type { SignInRequest } from '../../../commands/identity/options.ts';
import type { UserCommand } from '../../../domain/identity/index.ts';
import { TillstreamError } from '../../../domain/kernel/errors.ts';
import type { CommandRequest } from '../../../engine/commands/command-engine.ts';
import type { ApiRequest } from '../../route.ts';
import type { Services } from '../../services.ts';

type Asked = Pick<ApiRequest<unknown, unknown, unknown>, 'correlationId' | 'address' | 'origin'>;

export function signInRequest({ correlationId, address, origin }: Asked): SignInRequest {
  return { correlationId, address, origin };
}

/**
 * A one-time token with other data than before: it was used.
 * @throws TillstreamError invalid_token, and other errors as they are.
 */
export function tokenUsed(error: unknown): never {
  if (!(error instanceof TillstreamError) || error.code !== 'idempotency_key_reused') throw error;
  throw new TillstreamError('invalid_token', 'expected a token that was not used', { given: true });
}

/**
 * A command of a user itself, who has no key or token yet. Its id is of the one-time token that
 * the user has, so that the token is used once.
 */
export function userCommandRequest<Cmd extends UserCommand>(
  { clock, calendar }: Services,
  { correlationId, origin }: Asked,
  {
    storeId,
    userId,
    commandId,
    command,
  }: { storeId: string; userId: string; commandId: string; command: Cmd },
): CommandRequest<Cmd> {
  const nowMs = clock.now();
  return {
    command,
    context: {
      storeId,
      entityId: userId,
      commandId,
      now: new Date(nowMs).toISOString(),
      businessDay: calendar.businessDay(storeId, nowMs),
    },
    actor: { kind: 'user', id: userId },
    correlationId,
    causationId: correlationId,
    origin,
  };
}
