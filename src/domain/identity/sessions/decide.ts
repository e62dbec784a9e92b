import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { NotFoundError } from '../../kernel/errors.ts';
import { type SessionCommand, sessionCommands } from './commands.ts';
import type { SessionEvent } from './events.ts';

export type SessionState =
  { readonly status: 'none' } | { readonly status: 'open' | 'ended'; readonly userId: string };

/** @throws NotFoundError session_not_found. A session that is over is not ended again. */
function decide(
  command: SessionCommand,
  state: SessionState,
  { entityId: sessionId, now }: CommandContext,
): readonly SessionEvent[] {
  if (command.type === 'StartSession') {
    if (state.status !== 'none') return [];
    const { userId, method, deviceId } = command.data;
    const data = { sessionId, userId, method, startedAt: now, ...omitUndefined({ deviceId }) };
    return [{ type: 'SessionStarted', data }];
  }
  if (state.status === 'none') {
    throw new NotFoundError('session_not_found', `there is no session ${sessionId}`);
  }
  if (state.status === 'ended') return [];
  const { reason } = command.data;
  const severity = reason === 'token-reused' ? 'HIGH' : 'INFO';
  const { userId } = state;
  return [{ type: 'SessionEnded', data: { sessionId, userId, reason, severity } }];
}

/** One stream per session, so that no stream grows with the logins of a shop. */
export const sessionDecider: Decider<SessionState, SessionCommand, SessionEvent> = {
  category: 'session',
  version: 1,
  initialState: { status: 'none' },
  commands: sessionCommands,
  decide,
  evolve: (_state, { type, data }) =>
    type === 'SessionStarted'
      ? { status: 'open', userId: data.userId }
      : { status: 'ended', userId: data.userId },
};
