import {
  canSignIn,
  type KnownDevice,
  type KnownUser,
  type UserState,
} from '../../domain/identity/index.ts';
import { TillstreamError } from '../../domain/kernel/errors.ts';
import type { Grant } from '../../domain/kernel/shop.ts';
import type { Credentials } from './credentials.ts';
import type { IdentityOptions, SignInRequest } from './options.ts';
import { createPinAttemptCounts, type PinSubject } from './pin-attempts.ts';
import type { DeviceTokens } from './session-tokens.ts';
import type { Sessions } from './sessions.ts';
import type { UserReader } from './user-reader.ts';

/** All ids that no user has count as one, so that guessing them locks itself. */
const UNKNOWN = 'unknown';

export interface PinLogin {
  readonly userId: string;
  readonly pin: string;
}

export interface PinSignInResult extends DeviceTokens {
  readonly user: KnownUser;
}

/**
 * Signs a user in at a device. An attempt counts before the PIN is checked.
 * @throws TillstreamError invalid_pin, pin_locked, overloaded.
 */
export type PinSignIn = (
  storeId: string,
  device: KnownDevice,
  login: PinLogin,
  request: SignInRequest,
) => Promise<PinSignInResult>;

interface Parts {
  readonly users: UserReader;
  readonly pins: Credentials;
  readonly sessions: Sessions;
}

/** A session at a device acts in its branch only, also for roles of the whole shop. */
export function grantsAtDevice(
  grants: readonly Grant[],
  { branchId }: Pick<KnownDevice, 'branchId'>,
): readonly Grant[] {
  return grants
    .filter((grant) => grant.branchId === undefined || grant.branchId === branchId)
    .map((grant) => ({ ...grant, branchId }));
}

export function createPinSignIn(options: IdentityOptions, parts: Parts): PinSignIn {
  const { users, pins, sessions } = parts;
  const counts = createPinAttemptCounts(options);

  /** A PIN that was not checked does not count. */
  async function verify(
    subject: PinSubject,
    user: UserState,
    pin: string,
    request: SignInRequest,
  ): Promise<boolean> {
    const { storeId } = subject;
    try {
      return await pins.verify(storeId, user, pin);
    } catch (error) {
      await counts.record('SkipPin', subject, request);
      throw error;
    }
  }

  return async (storeId, device, { userId: given, pin }, request) => {
    const { deviceId } = device;
    const user = await users.read(storeId, given);
    const userId = user.status === 'none' ? UNKNOWN : given;
    const subject = { storeId, deviceId, userId };
    const failed = createFailedPin(options, subject, request);
    await counts.record('TryPin', subject, request).catch(failed);
    const matches = await verify(subject, user, pin, request);
    const mayAct = canSignIn(user) && grantsAtDevice(user.grants, device).length > 0;
    if (!matches || !mayAct) {
      await counts.record('RejectPin', subject, request);
      return failed(wrongPin());
    }
    await counts.record('AcceptPin', subject, request);
    const { generation } = user;
    const session = { storeId, userId, generation, deviceId };
    return { ...(await sessions.startAtDevice(session, request)), user };
  };
}

/** Records the failure, then throws it. */
function createFailedPin(
  { incidents }: IdentityOptions,
  { storeId, deviceId, userId }: PinSubject,
  { correlationId, origin }: SignInRequest,
) {
  return (error: unknown): never => {
    if (error instanceof TillstreamError && error.kind !== 'refused') {
      const { code } = error;
      const severity = code === 'pin_locked' ? 'HIGH' : 'LOW';
      const known = userId !== UNKNOWN && { userId };
      incidents.note({
        storeId,
        actor: { kind: 'device', id: deviceId },
        correlationId,
        origin,
        event: { type: 'SignInFailed', data: { severity, code, ...known } },
      });
    }
    throw error;
  };
}

function wrongPin(): TillstreamError {
  return new TillstreamError('invalid_pin', 'the user or PIN is wrong', { given: true });
}
