import { canSignIn, type KnownUser, type UserState } from '../../domain/identity/index.ts';
import { TillstreamError } from '../../domain/kernel/errors.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { createAttempts } from './attempts.ts';
import type { Credentials } from './credentials.ts';
import type { Emails } from './emails.ts';
import type { IdentityOptions, SignInRequest } from './options.ts';
import type { Tokens } from './session-tokens.ts';
import type { Sessions } from './sessions.ts';
import type { UserReader } from './user-reader.ts';

export interface Login {
  /** Absent: the only shop of the installation. */
  readonly storeId: string | undefined;
  readonly email: string;
  readonly password: string;
}

export interface SignInResult extends Tokens {
  readonly user: KnownUser;
}

/** Signs users in with e-mail address and password. */
export interface PasswordSignIn {
  /**
   * Costs the same for an address that does not exist.
   * @throws TillstreamError invalid_credentials, too_many_attempts, overloaded.
   */
  login(login: Login, request: SignInRequest): Promise<SignInResult>;
  /** @throws TillstreamError invalid_credentials, too_many_attempts: the same limits as a login. */
  confirmPassword(
    storeId: string,
    user: KnownUser,
    password: string,
    request: SignInRequest,
  ): Promise<void>;
}

interface Parts {
  readonly emails: Emails;
  readonly users: UserReader;
  readonly passwords: Credentials;
  readonly sessions: Sessions;
}

export function createPasswordSignIn(
  options: IdentityOptions,
  { emails, users, passwords, sessions }: Parts,
): PasswordSignIn {
  const { shops } = options;
  const attempts = createAttempts(options);

  /** An unknown shop is treated as one in which the address does not exist. */
  function shopOf(storeId: string | undefined): string | undefined {
    const current = shops();
    if (storeId === undefined) return current.length === 1 ? current[0]?.id : undefined;
    return current.find(({ id }) => id === storeId)?.id;
  }

  /** An address that the user had before may still be reserved for a moment. */
  function hasAddress({ personal }: KnownUser, storeId: string, email: string): boolean {
    return emails.idOf(storeId, personal.email) === emails.idOf(storeId, email);
  }

  /** A password that could not be checked, because too many wait, does not count as wrong. */
  async function verify(
    { storeId, subject, address }: { storeId: string; subject: string; address: string },
    user: UserState,
    password: string,
  ): Promise<boolean> {
    try {
      return await passwords.verify(storeId, user, password);
    } catch (error) {
      await attempts.cancel(storeId, subject, address);
      throw error;
    }
  }

  return {
    async login({ storeId: given, email, password }, request) {
      const shop = shopOf(given);
      // A shop that does not exist has attempts too: those of the first shop's vault.
      const storeId = shop ?? shops()[0]?.id ?? '';
      const subject = emails.idOf(given ?? storeId, email);
      const userId = await emails.find(storeId, shop === undefined ? '' : email);
      const failed = createFailedSignIn(options, { storeId: shop, userId }, request);
      await attempts.begin(storeId, subject, request.address).catch(failed);
      const attempt = { storeId, subject, address: request.address };
      // Before the password: the log says which of those that the vault has is the one of now.
      const user = await users.read(storeId, userId ?? 'none');
      const matches = await verify(attempt, user, password);
      const mayAct = canSignIn(user) && hasAddress(user, storeId, email);
      if (!matches || userId === undefined || !mayAct) return failed(wrong());
      await attempts.succeeded(storeId, subject, request.address);
      const { generation } = user;
      const issued = await sessions.start({ storeId, userId, generation }, request);
      return { ...issued, user };
    },
    async confirmPassword(storeId, user, password, { address }) {
      const subject = emails.idOf(storeId, user.personal.email);
      await attempts.begin(storeId, subject, address);
      const attempt = { storeId, subject, address };
      if (!(await verify(attempt, user, password))) throw wrong();
      await attempts.succeeded(storeId, subject, address);
    },
  };
}

/** Records the failure, then throws it. */
function createFailedSignIn(
  { incidents }: IdentityOptions,
  { storeId, userId }: { storeId: string | undefined; userId: string | undefined },
  { correlationId, origin }: SignInRequest,
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
        origin,
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
