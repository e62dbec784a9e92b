import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { described, eventData, Id, Instant, oneOf, optional } from '../../kernel/schema.ts';

/** How a user has proved who it is. */
export const SIGN_IN_METHODS = ['password', 'pin'] as const;
export const SESSION_ENDS = ['logout', 'token-reused'] as const;

const SessionId = described(Id, 'The session: the family of its refresh tokens.');
const UserId = described(Id, 'The user.');

export const sessionEvents = defineEvents({
  SessionStarted: eventData('A user signed in.', {
    sessionId: SessionId,
    userId: UserId,
    method: oneOf(SIGN_IN_METHODS, 'How the user proved who it is.'),
    startedAt: described(Instant, 'When.'),
    deviceId: optional(described(Id, 'The device on which the user signed in.')),
  }),
  SessionEnded: eventData(
    'A session is over. `token-reused`: a refresh token that was used before came again, so that one of two holders is a thief; severity HIGH.',
    {
      sessionId: SessionId,
      userId: UserId,
      reason: oneOf(SESSION_ENDS, 'Why.'),
      severity: oneOf(['INFO', 'HIGH'], 'How bad that is.'),
    },
  ),
});

export type SessionEvent = EventOf<typeof sessionEvents>;
