import type { AccessChecks } from '../../commands/identity/access.ts';
import { DomainError, InvariantError, TillstreamError } from '../../domain/kernel/errors.ts';
import {
  isPermitted,
  type Permission,
  rolesWith,
  WHOLE_SHOP,
} from '../../domain/kernel/permissions.ts';
import type { Grant, Role, Shop, ShopSource } from '../../domain/kernel/shop.ts';
import { derived } from '../../lib/derived.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Caller } from '../route.ts';

/** Longer than any token of this server. */
const BEARER = /^bearer +([\w.~+/=-]{1,2048})$/i;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Finds the caller by the SHA-256 of the key, or by an access token of a user. Hashing the key
 * first keeps the duration of the
 * look-up independent of how close a guess was. A revoked key ends with
 * its next request, also on an open connection.
 * @throws TillstreamError unauthenticated, invalid_token, token_expired.
 */
export function createAuthenticator(
  shops: ShopSource,
  digest: Digest,
  access: Pick<AccessChecks, 'authenticate'>,
): (authorization: string | undefined) => Caller | Promise<Caller> {
  const callersOf = derived(shops, callersByKey);
  const shopsById = derived(shops, (current) => new Map(current.map((shop) => [shop.id, shop])));

  async function callerOfUser(token: string): Promise<Caller> {
    const { storeId, userId, sessionId, grants } = await access.authenticate(token);
    const shop = shopsById().get(storeId);
    if (!shop) throw unknownToken();
    return { shop, actor: { kind: 'user', id: userId }, grants, sessionId };
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
    const caller = callersOf().get(digest.sha256(token));
    if (!caller) throw unknownToken();
    return caller;
  };
}

function unknownToken(): TillstreamError {
  return new TillstreamError('unauthenticated', 'the key or token is not one of this server', {
    given: true,
  });
}

function callersByKey(shops: readonly Shop[]): ReadonlyMap<string, Caller> {
  const callers = new Map<string, Caller>();
  for (const shop of shops) {
    for (const { id, sha256, role } of shop.keys) {
      const key = sha256.toLowerCase();
      if (callers.has(key)) {
        throw new InvariantError('each key to belong to one shop', { shop: shop.id, key: id });
      }
      callers.set(key, callerOfKey(shop, id, role));
    }
  }
  return callers;
}

const callerOfKey = (shop: Shop, id: string, role: Role): Caller =>
  Object.freeze({
    shop,
    actor: Object.freeze({ kind: 'key', id } as const),
    grants: Object.freeze([Object.freeze({ role })]),
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

const roleText = ({ role, branchId }: Grant): string =>
  branchId === undefined ? role : `${role} in ${branchId}`;
