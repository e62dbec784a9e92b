import { type AccessChecks, createAccessChecks } from './access.ts';
import { type ApiKeys, createApiKeys } from './api-keys.ts';
import { createCredentials, type Credentials } from './credentials.ts';
import { createDevices, type Devices } from './devices.ts';
import { createEmails, type Emails } from './emails.ts';
import { createFirstAdmin, type FirstAdmin } from './first-admin.ts';
import { createFormerUsers } from './former-users.ts';
import type { Incidents } from './incidents.ts';
import { createInvitations, type Invitations } from './invitations.ts';
import { createLastUse, type LastUse } from './last-use.ts';
import type { IdentityOptions, SignInRequest } from './options.ts';
import { createPasswordSignIn, type PasswordSignIn } from './password-sign-in.ts';
import { createPinSignIn, type PinSignIn } from './pin-sign-in.ts';
import { createSessionTokens, type Tokens } from './session-tokens.ts';
import { createSessions } from './sessions.ts';
import { createShopSecrets } from './shop-secrets.ts';
import { createUserReader, type UserReader } from './user-reader.ts';

/** Who is who: users, their passwords and their sessions. */
export interface Identity extends PasswordSignIn {
  /** @throws TillstreamError invalid_token, token_expired. */
  refresh(refreshToken: string, request: SignInRequest): Promise<Tokens>;
  /** Ends the session of the caller. */
  logout(storeId: string, sessionId: string, request: SignInRequest): Promise<void>;
  /** Removes all that the vault has of a user whose personal data is erased. */
  forgetUser(storeId: string, userId: string): Promise<void>;
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
  const { incidents } = options;
  const users = createUserReader(options);
  const emails = createEmails(options, users);
  const secrets = createShopSecrets(options);
  const tokens = createSessionTokens(options, secrets);
  const sessions = createSessions(options, tokens);
  const passwords = createCredentials(options, 'password', { secrets, users });
  const invitations = createInvitations(options, secrets, users);
  const lastUse = createLastUse(options);
  const devices = createDevices(options, secrets, lastUse);
  const pins = createCredentials(options, 'pin', { secrets, users });
  const firstAdmin = createFirstAdmin(options, { emails, formerUsers: createFormerUsers(options) });
  const access = createAccessChecks(options, { sessions, tokens, users, devices });

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
    firstAdmin,
    ...createPasswordSignIn(options, { emails, users, passwords, sessions }),
    async forgetUser(storeId, userId) {
      // Before the addresses, which would show that the shop had a user.
      await firstAdmin.close(storeId);
      await emails.releaseAll(storeId, userId);
      await passwords.remove(storeId, userId);
      await pins.remove(storeId, userId);
      await invitations.remove(storeId, userId);
    },
    refresh: (token, request) => sessions.rotate(token, access.isValid, request),
    async logout(storeId, sessionId, request) {
      const session = await sessions.find(storeId, sessionId);
      if (session) await sessions.end(session, request);
      access.forget(sessionId);
    },
  };
}
