import type { Identity } from '../../commands/identity/identity.ts';
import { unknownToken } from '../../commands/identity/machine-tokens.ts';
import { DomainError, InvariantError, TillstreamError } from '../../domain/kernel/errors.ts';
import {
  isPermitted,
  type Permission,
  rolesWith,
  WHOLE_SHOP,
} from '../../domain/kernel/permissions.ts';
import type { Grant, Shop, ShopKey, ShopSource } from '../../domain/kernel/shop.ts';
import { derived } from '../../lib/derived.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Caller } from '../route.ts';

/** Longer than any token of this server. */
const BEARER = /^bearer +([\w.~+/=-]{1,2048})$/i;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

interface AuthenticatorOptions {
  readonly shops: ShopSource;
  readonly digest: Digest;
  readonly identity: Pick<Identity, 'access' | 'apiKeys' | 'devices'>;
}

/**
 * Finds the caller by the SHA-256 of the key, or by an access token of a user. Hashing the key
 * first keeps the duration of the look-up independent of how close a guess was. A revoked key ends
 * with its next request, also on an open connection.
 * @throws TillstreamError unauthenticated, key_expired, invalid_token, token_expired.
 */
export function createAuthenticator({
  shops,
  digest,
  identity,
}: AuthenticatorOptions): (authorization: string | undefined) => Caller | Promise<Caller> {
  const { access, apiKeys, devices } = identity;
  const callersOf = derived(shops, callersByKey);
  const shopsById = derived(shops, (current) => new Map(current.map((shop) => [shop.id, shop])));

  async function callerOfUser(token: string): Promise<Caller> {
    const { storeId, userId, sessionId, grants, deviceId } = await access.authenticate(token);
    const shop = shopsById().get(storeId);
    if (!shop) throw unknownToken();
    const actor = { kind: 'user', id: userId } as const;
    return { shop, actor, grants, sessionId, ...omitUndefined({ deviceId }) };
  }

  async function callerOfApiKey(token: string): Promise<Caller> {
    const { storeId, id, grant } = await apiKeys.authenticate(token);
    const shop = shopsById().get(storeId);
    if (!shop) throw unknownToken();
    return { shop, actor: { kind: 'key', id }, grants: [grant] };
  }

  async function callerOfDevice(token: string): Promise<Caller> {
    const { storeId, id, branchId } = await devices.authenticate(token);
    const shop = shopsById().get(storeId);
    if (!shop) throw unknownToken();
    const grants = [{ role: 'device', branchId } as const];
    return { shop, actor: { kind: 'device', id }, grants, deviceId: id };
  }

  return (authorization) => {
    if (authorization === undefined) {
      throw new TillstreamError(
        'unauthenticated',
        'expected the header Authorization: Bearer <API key or token>, found none',
      );
    }
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) throw unknownToken();
    if (JWT.test(token)) return callerOfUser(token);
    if (apiKeys.isKey(token)) return callerOfApiKey(token);
    if (devices.isToken(token)) return callerOfDevice(token);
    const found = callersOf().get(digest.sha256(token));
    if (!found) throw unknownToken();
    return found;
  };
}

function callersByKey(shops: readonly Shop[]): ReadonlyMap<string, Caller> {
  const callers = new Map<string, Caller>();
  for (const shop of shops) {
    for (const key of shop.keys) {
      const hash = key.sha256.toLowerCase();
      if (callers.has(hash)) {
        throw new InvariantError('each key to belong to one shop', { shop: shop.id, key: key.id });
      }
      callers.set(hash, callerOfKey(shop, key));
    }
  }
  return callers;
}

const callerOfKey = (shop: Shop, { id, role, branchId }: ShopKey): Caller =>
  Object.freeze({
    shop,
    actor: Object.freeze({ kind: 'key', id } as const),
    grants: Object.freeze([Object.freeze({ role, ...omitUndefined({ branchId }) })]),
  });

/**
 * Default deny: an operation is for callers that have its permission in the branch of the request.
 * @throws DomainError forbidden.
 */
export function authorize(permission: Permission, { grants, branchId }: Caller): void {
  if (isPermitted(grants, permission, branchId)) return;
  const where = branchId === undefined || WHOLE_SHOP.has(permission) ? '' : ` in ${branchId}`;
  const expected = `the permission ${permission}${where} (${rolesWith(permission).join(', ')})`;
  const found = grants.map((grant) => roleText(grant)).join(', ') || 'no role';
  throw new DomainError('forbidden', `expected ${expected}, found ${found}`, { permission });
}

function roleText({ role, branchId, scopes }: Grant): string {
  const limits = scopes ? ` limited to ${scopes.join(', ')}` : '';
  return `${branchId === undefined ? role : `${role} in ${branchId}`}${limits}`;
}
