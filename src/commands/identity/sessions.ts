import { sessionDecider } from '../../domain/identity/index.ts';
import type { SessionCommand } from '../../domain/identity/sessions/commands.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { IdentityOptions, SignInRequest } from './options.ts';
import {
  DEVICE_SESSION_MS,
  type DeviceTokens,
  invalidToken,
  REFRESH_MS,
  type SessionTokens,
  type Tokens,
} from './session-tokens.ts';

const KIND = 'session';

/** A signed-in user: its access tokens and refresh tokens name it. */
export interface Session {
  readonly storeId: string;
  readonly sessionId: string;
  readonly userId: string;
  /** The user's generation when the session began. */
  readonly generation: number;
  readonly deviceId?: string;
}

interface StoredSession extends Session {
  /** SHA-256 of the one refresh token that may be used; absent at a device. */
  readonly refresh?: string;
}

export interface Sessions {
  start(session: Omit<Session, 'sessionId' | 'deviceId'>, request: SignInRequest): Promise<Tokens>;
  /** A short session of a user who has entered a PIN. It ends with the token of the device. */
  startAtDevice(
    session: Omit<Session, 'sessionId' | 'deviceId'> & { readonly deviceId: string },
    request: SignInRequest,
  ): Promise<DeviceTokens>;
  /**
   * Replaces a refresh token. A token that was used before ends the whole session: one of two
   * holders has stolen it. @throws TillstreamError invalid_token, token_expired.
   */
  rotate(
    refreshToken: string,
    isValid: (session: Session) => Promise<boolean>,
    request: SignInRequest,
  ): Promise<Tokens>;
  end(session: Session, request: SignInRequest): Promise<void>;
  /** The session as the vault has it; undefined when it is over. */
  find(storeId: string, sessionId: string): Promise<Session | undefined>;
}

export function createSessions(options: IdentityOptions, tokens: SessionTokens): Sessions {
  const { vault, clock, ids, digest } = options;
  const execute = createSessionCommands(options);
  type Named = Pick<Session, 'storeId' | 'sessionId'>;
  const keyOf = ({ storeId, sessionId: id }: Named) => ({ storeId, kind: KIND, id });

  async function read(storeId: string, sessionId: string) {
    const record = await vault.get(keyOf({ storeId, sessionId }));
    if (!record) return undefined;
    return { stored: JSON.parse(record.value) as StoredSession, revision: record.revision };
  }

  /** Opens a session with a new id. */
  async function open(
    given: Omit<Session, 'sessionId'>,
    method: 'password' | 'pin',
    request: SignInRequest,
  ): Promise<Session> {
    const session = { ...given, sessionId: ids.uuid() };
    const { userId, deviceId } = session;
    const data = { userId, method, ...omitUndefined({ deviceId }) };
    await execute(session, { type: 'StartSession', data }, request);
    return session;
  }

  function recordOf(session: Session, { refreshToken }: Tokens) {
    const stored: StoredSession = { ...session, refresh: digest.sha256(refreshToken) };
    return { value: JSON.stringify(stored), expiresAt: formatInstant(clock.now() + REFRESH_MS) };
  }

  async function endReused(session: Session, request: SignInRequest): Promise<never> {
    await vault.remove(keyOf(session));
    await execute(session, { type: 'EndSession', data: { reason: 'token-reused' } }, request);
    throw invalidToken();
  }

  return {
    async startAtDevice(given, request) {
      const session = await open(given, 'pin', request);
      const issued = await tokens.issueAtDevice(session);
      const expiresAt = formatInstant(clock.now() + DEVICE_SESSION_MS);
      await vault.put(keyOf(session), { value: JSON.stringify(session), expiresAt }, 0);
      return issued;
    },
    async start(given, request) {
      const session = await open(given, 'password', request);
      const issued = await tokens.issue(session);
      await vault.put(keyOf(session), recordOf(session, issued), 0);
      return issued;
    },
    async rotate(refreshToken, isValid, request) {
      const { storeId, sessionId } = await tokens.verify(refreshToken, 'refresh');
      const found = await read(storeId, sessionId);
      if (!found) throw invalidToken();
      const { refresh, ...session } = found.stored;
      if (refresh !== digest.sha256(refreshToken)) return endReused(session, request);
      if (!(await isValid(session))) throw invalidToken();
      const issued = await tokens.issue(session);
      const record = recordOf(session, issued);
      const outcome = await vault.put(keyOf(session), record, found.revision);
      // The same token at the same moment: the other request has used it.
      return outcome === 'done' ? issued : endReused(session, request);
    },
    async end(session, request) {
      await vault.remove(keyOf(session));
      await execute(session, { type: 'EndSession', data: { reason: 'logout' } }, request);
    },
    async find(storeId, sessionId) {
      const found = await read(storeId, sessionId);
      if (!found) return undefined;
      const { refresh: _, ...session } = found.stored;
      return session;
    },
  };
}

/** Carries out commands of sessions, as their users. */
function createSessionCommands({ commands, clock, ids, calendar }: IdentityOptions) {
  return (session: Session, command: SessionCommand, request: SignInRequest) => {
    const { storeId, sessionId, userId } = session;
    const { correlationId, origin } = request;
    const nowMs = clock.now();
    return commands.execute(sessionDecider, {
      command,
      context: {
        storeId,
        entityId: sessionId,
        commandId: ids.uuid(),
        now: formatInstant(nowMs),
        businessDay: calendar.businessDay(storeId, nowMs),
      },
      actor: { kind: 'user', id: userId },
      correlationId,
      causationId: correlationId,
      origin: { ...origin, sessionId },
      ...(command.type === 'StartSession' && { creates: true }),
    });
  };
}
