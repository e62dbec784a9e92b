import { canSignIn, type KnownUser } from '../../domain/identity/index.ts';
import { TillstreamError } from '../../domain/kernel/errors.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { type AccessChecks, createAccessChecks } from './access.ts';
import { type ApiKeys, createApiKeys } from './api-keys.ts';
import { createAttempts } from './attempts.ts';
import { createCredentials, type Credentials } from './credentials.ts';
import { createDevices, type Devices } from './devices.ts';
import { createEmails, type Emails } from './emails.ts';
import { createFirstAdmin, type FirstAdmin } from './first-admin.ts';
import type { Incidents } from './incidents.ts';
import { createInvitations, type Invitations } from './invitations.ts';
import { createLastUse, type LastUse } from './last-use.ts';
import type { IdentityOptions, SignInRequest } from './options.ts';
import { createPinSignIn, type PinSignIn } from './pin-sign-in.ts';
import { createSessionTokens, type Tokens } from './session-tokens.ts';
import { createSessions } from './sessions.ts';
import { createShopSecrets } from './shop-secrets.ts';
import { createUserReader, type UserReader } from './user-reader.ts';

export interface Login {
  /** Absent: the only shop of the installation. */
  readonly storeId: string | undefined;
  readonly email: string;
  readonly password: string;
}

export interface SignInResult extends Tokens {
  readonly user: KnownUser;
}

/** Who is who: users, their passwords and their sessions. */
export interface Identity {
  /**
   * Costs the same for an address that does not exist.
   * @throws TillstreamError invalid_credentials, too_many_attempts, overloaded.
   */
  login(login: Login, request: SignInRequest): Promise<SignInResult>;
  /** @throws TillstreamError invalid_token, token_expired. */
  refresh(refreshToken: string, request: SignInRequest): Promise<Tokens>;
  /** Ends the session of the caller. */
  logout(storeId: string, sessionId: string, request: SignInRequest): Promise<void>;
  /** @throws TillstreamError invalid_credentials, too_many_attempts: the same limits as a login. */
  confirmPassword(
    storeId: string,
    user: KnownUser,
    password: string,
    request: SignInRequest,
  ): Promise<void>;
  readonly access: AccessChecks;
  readonly emails: Emails;
  readonly passwords: Credentials;
  readonly pins: Credentials;
  readonly devices: Devices;
  /** Signs a user in at a device. */
  readonly pinSignIn: PinSignIn;
  readonly invitations: Invitations;
  readonly users: UserReader;
  readonly firstAdmin: FirstAdmin;
  readonly incidents: Incidents;
  /** Keys of machines that were added through the API. */
  readonly apiKeys: ApiKeys;
  readonly lastUse: LastUse;
}

export function createIdentity(options: IdentityOptions): Identity {
  const { shops, incidents } = options;
  const users = createUserReader(options);
  const emails = createEmails(options, users);
  const secrets = createShopSecrets(options);
  const tokens = createSessionTokens(options, secrets);
  const sessions = createSessions(options, tokens);
  const passwords = createCredentials(options, 'password');
  const invitations = createInvitations(options, secrets);
  const lastUse = createLastUse(options);
  const devices = createDevices(options, secrets, lastUse);
  const pins = createCredentials(options, 'pin');
  const access = createAccessChecks(options, { sessions, tokens, users, devices });
  const attempts = createAttempts(options);

  /** An unknown shop is treated as one in which the address does not exist. */
  function shopOf(storeId: string | undefined): string | undefined {
    const current = shops();
    if (storeId === undefined) return current.length === 1 ? current[0]?.id : undefined;
    return current.find(({ id }) => id === storeId)?.id;
  }

  return {
    access,
    emails,
    passwords,
    pins,
    devices,
    pinSignIn: createPinSignIn(options, { users, pins, sessions }),
    invitations,
    users,
    incidents,
    lastUse,
    apiKeys: createApiKeys(options, secrets, lastUse),
    firstAdmin: createFirstAdmin(options, emails),
    async login({ storeId: given, email, password }, request) {
      const shop = shopOf(given);
      // A shop that does not exist has attempts too: those of the first shop's vault.
      const storeId = shop ?? shops()[0]?.id ?? '';
      const subject = emails.idOf(given ?? storeId, email);
      const userId = await emails.find(storeId, shop === undefined ? '' : email);
      const failed = createFailedSignIn(options, { storeId: shop, userId }, request);
      await attempts.begin(storeId, subject, request.address).catch(failed);
      const matches = await passwords.verify(storeId, userId, password);
      const user = await users.read(storeId, userId ?? 'none');
      if (!matches || userId === undefined || !canSignIn(user)) return failed(wrong());
      await attempts.succeeded(storeId, subject, request.address);
      const { generation } = user;
      const issued = await sessions.start({ storeId, userId, generation }, request);
      return { ...issued, user };
    },
    refresh: (token, request) => sessions.rotate(token, access.isValid, request),
    async logout(storeId, sessionId, request) {
      const session = await sessions.find(storeId, sessionId);
      if (session) await sessions.end(session, request);
      access.forget(sessionId);
    },
    async confirmPassword(storeId, user, password, { address }) {
      const subject = emails.idOf(storeId, user.personal.email);
      await attempts.begin(storeId, subject, address);
      if (!(await passwords.verify(storeId, user.userId, password))) throw wrong();
      await attempts.succeeded(storeId, subject, address);
    },
  };
}

/** Records the failure, then throws it. */
function createFailedSignIn(
  { incidents }: IdentityOptions,
  { storeId, userId }: { storeId: string | undefined; userId: string | undefined },
  { correlationId }: SignInRequest,
) {
  return (error: unknown): never => {
    if (storeId !== undefined && error instanceof TillstreamError) {
      const { code } = error;
      const severity = code === 'too_many_attempts' ? 'HIGH' : 'LOW';
      const kind = userId === undefined ? 'system' : 'user';
      incidents.note({
        storeId,
        actor: { kind, id: userId ?? 'sign-in' },
        correlationId,
        event: { type: 'SignInFailed', data: { severity, code, ...omitUndefined({ userId }) } },
      });
    }
    throw error;
  };
}

function wrong(): TillstreamError {
  return new TillstreamError('invalid_credentials', 'the e-mail address or password is wrong', {
    given: true,
  });
}
