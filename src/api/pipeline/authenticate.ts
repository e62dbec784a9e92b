import { DomainError, InvariantError, TillstreamError } from '../../domain/kernel/errors.ts';
import { isPermitted, type Permission, rolesWith } from '../../domain/kernel/permissions.ts';
import type { Shop, ShopSource } from '../../domain/kernel/shop.ts';
import { derived } from '../../lib/derived.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Caller } from '../route.ts';

const BEARER = /^bearer +([\w.~+/=-]{1,512})$/i;

/**
 * Finds the caller by the SHA-256 of the key. Hashing the key first keeps the duration of the
 * look-up independent of how close a guess was. A revoked key ends with
 * its next request, also on an open connection.
 * @throws TillstreamError unauthenticated.
 */
export function createAuthenticator(
  shops: ShopSource,
  digest: Digest,
): (authorization: string | undefined) => Caller {
  const callersOf = derived(shops, callersByKey);

  return (authorization) => {
    if (authorization === undefined) {
      throw new TillstreamError(
        'unauthenticated',
        'expected the header Authorization: Bearer <API key>, found none',
      );
    }
    const token = BEARER.exec(authorization)?.[1];
    const caller = token === undefined ? undefined : callersOf().get(digest.sha256(token));
    if (!caller) {
      throw new TillstreamError('unauthenticated', 'the API key is not one of this server', {
        given: true,
      });
    }
    return caller;
  };
}

function callersByKey(shops: readonly Shop[]): ReadonlyMap<string, Caller> {
  const callers = new Map<string, Caller>();
  for (const shop of shops) {
    for (const { id, sha256, role } of shop.keys) {
      const key = sha256.toLowerCase();
      if (callers.has(key)) {
        throw new InvariantError('each key to belong to one shop', { shop: shop.id, key: id });
      }
      callers.set(key, Object.freeze({ shop, keyId: id, role }));
    }
  }
  return callers;
}

/** @throws DomainError forbidden unless the caller's role holds the permission. */
export function authorize(permission: Permission, { role }: Caller): void {
  if (isPermitted(role, permission)) return;
  throw new DomainError(
    'forbidden',
    `expected a key with the role ${rolesWith(permission).join(' or ')}, found ${role}`,
    { permission },
  );
}
