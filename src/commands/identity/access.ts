import { canSignIn } from '../../domain/identity/index.ts';
import { TillstreamError } from '../../domain/kernel/errors.ts';
import type { Grant } from '../../domain/kernel/shop.ts';
import { createBoundedMap } from '../../lib/bounded-map.ts';
import type { Devices } from './devices.ts';
import type { IdentityOptions } from './options.ts';
import { grantsAtDevice } from './pin-sign-in.ts';
import type { SessionClaims, SessionTokens } from './session-tokens.ts';
import type { Session, Sessions } from './sessions.ts';
import type { UserReader } from './user-reader.ts';

/** Verified tokens and sessions that are remembered. */
const MAX_CACHED = 10_000;
/** Roles that were taken away, and sessions that ended elsewhere, hold no longer than this. */
const RECHECK_MS = 1_000;

/** A user with a valid access token. */
export interface SignedIn {
  readonly storeId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly grants: readonly Grant[];
  readonly deviceId?: string;
}

interface Access {
  readonly signedIn: SignedIn;
  readonly checkedMs: number;
}

export interface AccessChecks {
  /**
   * The user of an access token, with the roles of now. The signature is verified once for each
   * token, session and user at most once a second.
   * @throws TillstreamError invalid_token, token_expired.
   */
  authenticate(token: string): SignedIn | Promise<SignedIn>;
  /** Whether the user of the session may act. */
  readonly isValid: (session: Session) => Promise<boolean>;
  /** Forgets what is known of a session, so that its next request is checked again. */
  forget(sessionId: string): void;
}

export function createAccessChecks(
  { clock, digest }: Pick<IdentityOptions, 'clock' | 'digest'>,
  parts: {
    readonly sessions: Sessions;
    readonly tokens: SessionTokens;
    readonly users: UserReader;
    readonly devices: Pick<Devices, 'findActive'>;
  },
): AccessChecks {
  const { sessions, tokens, users, devices } = parts;
  const verified = createBoundedMap<string, SessionClaims>(MAX_CACHED);
  const known = createBoundedMap<string, Access>(MAX_CACHED);

  async function grantsOf(session: Session): Promise<readonly Grant[] | undefined> {
    const user = await users.read(session.storeId, session.userId);
    if (!canSignIn(user) || user.generation !== session.generation) return undefined;
    if (session.deviceId === undefined) return user.grants;
    const device = await devices.findActive(session.storeId, session.deviceId);
    return device && grantsAtDevice(user.grants, device);
  }

  async function check({ storeId, sessionId, userId }: SessionClaims): Promise<SignedIn> {
    const checkedMs = clock.now();
    const session = await sessions.find(storeId, sessionId);
    const grants = session?.userId === userId ? await grantsOf(session) : undefined;
    if (!session || !grants) {
      known.delete(sessionId);
      throw new TillstreamError('invalid_token', 'the session is over', { given: true });
    }
    const { deviceId } = session;
    const signedIn = Object.freeze({
      storeId,
      userId,
      sessionId,
      grants,
      ...(deviceId !== undefined && { deviceId }),
    });
    known.set(sessionId, { signedIn, checkedMs });
    return signedIn;
  }

  async function verify(token: string, hash: string): Promise<SignedIn> {
    const claims = await tokens.verify(token, 'access');
    verified.set(hash, claims);
    return check(claims);
  }

  return {
    authenticate(token) {
      const hash = digest.sha256(token);
      const claims = verified.get(hash);
      const nowMs = clock.now();
      if (!claims || claims.expiresMs <= nowMs) return verify(token, hash);
      const access = known.get(claims.sessionId);
      const age = access ? nowMs - access.checkedMs : RECHECK_MS;
      return access && age >= 0 && age < RECHECK_MS ? access.signedIn : check(claims);
    },
    isValid: async (session) => (await grantsOf(session)) !== undefined,
    forget: (sessionId) => known.delete(sessionId),
  };
}
