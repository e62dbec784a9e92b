import type { Route } from '../../src/api/route.ts';
import {
  isPermitted,
  type Permission,
  PERMISSIONS,
  rolesWith,
  WHOLE_SHOP,
} from '../../src/domain/kernel/permissions.ts';
import { formatPosition } from '../../src/domain/kernel/position.ts';
import { START } from '../../src/domain/kernel/position.ts';
import { type Role, ROLES } from '../../src/domain/kernel/shop.ts';
import { features } from '../../src/features/index.ts';
import { type ApiWorld, keyOf, newKey, openWorld } from './support/api-world.ts';

const routes: readonly Route[] = features.flatMap((feature) => feature.routes);
const closed = routes.filter(({ permission }) => permission !== 'public');

/** What each role may do of the permissions that the orders' and mappings' owners named. */
const NAMED: Readonly<Record<string, readonly Permission[]>> = {
  admin: [
    ...['orders:read', 'orders:write', 'orders:delete', 'mappings:read', 'mappings:write'],
    ...['mappings:delete', 'system:configure', 'users:manage'],
  ] as Permission[],
  operator: ['orders:read', 'orders:write', 'mappings:read', 'mappings:write'],
  viewer: ['orders:read', 'mappings:read'],
};

describe('The permission table', () => {
  it.each(Object.entries(NAMED))('gives %s exactly the named permissions', (role, expected) => {
    const named = NAMED['admin'] ?? [];

    expect(named.filter((name) => rolesWith(name).includes(role as Role))).toEqual(expected);
  });

  it('gives an admin everything, and a table nothing of the shop', () => {
    for (const [name, roles] of Object.entries(PERMISSIONS) as [Permission, readonly Role[]][]) {
      expect([name, roles.includes('admin')]).toEqual([name, true]);
      expect([name, roles.includes('table')]).toEqual([name, false]);
    }
  });

  it('gives a role of one branch nothing in another one', () => {
    const grants = [{ role: 'manager', branchId: 'north' } as const];

    expect(isPermitted(grants, 'orders:write', 'north')).toBe(true);
    expect(isPermitted(grants, 'orders:write', 'south')).toBe(false);
    expect(isPermitted(grants, 'orders:write')).toBe(false);
  });

  it('gives no role of one branch a permission that concerns the whole shop', () => {
    const grants = [{ role: 'admin', branchId: 'north' } as const];

    for (const permission of WHOLE_SHOP) {
      expect(isPermitted(grants, permission, 'north')).toBe(false);
    }
    expect(isPermitted([{ role: 'admin' }], 'users:manage', 'north')).toBe(true);
  });

  it('denies a caller without a role everything', () => {
    for (const name of Object.keys(PERMISSIONS) as Permission[]) {
      expect(isPermitted([], name)).toBe(false);
    }
  });
});

describe('Every role on every route', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await openWorld({ features });
  });
  afterAll(() => world.stop());

  function call(route: Route, key: string | null) {
    const path = route.path
      .replace(':position', formatPosition(START))
      .replace(/:(\w+)/g, (_all, name: string) => `no-${name}`);
    return world.call(route.method.toUpperCase(), path, {
      key,
      headers: { 'idempotency-key': newKey() },
      ...(route.body && { json: route.example ?? {} }),
    });
  }

  it.each(closed.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const))(
    'is as the table says: %s',
    async (_name, route) => {
      const permission = route.permission as Permission;
      expect((await call(route, null)).status).toBe(401);
      for (const role of ROLES) {
        const { status, body } = await call(route, keyOf('a', role));
        const denied = status === 403 && body['code'] === 'forbidden';
        expect([role, denied]).toEqual([role, !rolesWith(permission).includes(role)]);
        expect([role, status]).not.toEqual([role, 401]);
      }
    },
  );

  it('is shown by the OpenAPI document', async () => {
    const { body } = await world.call('GET', '/openapi.json', { key: null });
    const paths = body['paths'] as Record<string, Record<string, { description: string }>>;
    for (const route of closed) {
      const path = route.path.replace(/:(\w+)/g, '{$1}');
      const roles = rolesWith(route.permission as Permission).join(', ');
      expect(paths[path]?.[route.method]?.description).toContain(roles);
    }
  });

  it('is looked up in the branch that the request names', async () => {
    const headers = { 'x-branch-id': 'not a branch' };
    const answer = await world.call('GET', '/orders', { headers });
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
  });

  it('records the branch with what a request changes', async () => {
    const order = closed.find(({ operationId }) => operationId === 'placeOrder');
    const headers = { 'idempotency-key': newKey(), 'x-branch-id': 'north' };
    const placed = await world.call('POST', '/orders', { headers, json: order?.example });
    expect(placed.status).toBe(202);
    const { events } = await world.log.readAll({ after: START, limit: 1_000 });
    const branches = events.map(({ metadata }) => metadata.branchId);
    expect(branches).toContain('north');
  });
});
