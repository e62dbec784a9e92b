import { DomainError } from './errors.ts';
import type { Grant, Role } from './shop.ts';

type Roles = readonly Role[];

const ADMINS = ['admin'] as const satisfies Roles;
const OPERATORS = ['admin', 'operator'] as const satisfies Roles;
const MANAGERS = ['admin', 'manager', 'operator'] as const satisfies Roles;
/** Those who serve guests and customers. */
const SERVICE = [...MANAGERS, 'waiter', 'till', 'device'] as const satisfies Roles;
/** Those who look at what was sold, and change nothing. */
const READERS = ['kitchen', 'auditor', 'viewer'] as const satisfies Roles;

/**
 * Who may do what: the roles that hold each permission. Whatever is not listed is denied.
 * `table` holds none: guests at a table use only operations of their own table.
 */
export const PERMISSIONS = {
  'orders:read': [...SERVICE, ...READERS],
  'orders:write': SERVICE,
  'orders:delete': ADMINS,
  'orders:comp': MANAGERS,
  'orders:import': MANAGERS,
  'orders:override-price': MANAGERS,
  'products:read': [...SERVICE, ...READERS],
  'products:manage': MANAGERS,
  'inventory:read': [...SERVICE, ...READERS],
  'inventory:reserve': SERVICE,
  'inventory:manage': MANAGERS,
  'payments:read': [...SERVICE, 'auditor'],
  'payments:write': SERVICE,
  'customers:read': [...SERVICE, 'auditor'],
  'customers:manage': MANAGERS,
  /** Others see names, phone numbers and emails masked. */
  'personal-data:read': [...MANAGERS, 'waiter', 'till'],
  'personal-data:erase': MANAGERS,
  'debts:write': SERVICE,
  'debts:open-balance': MANAGERS,
  'debts:write-off': MANAGERS,
  'drawers:read': [...SERVICE, 'auditor'],
  'drawers:write': SERVICE,
  'drawers:approve': MANAGERS,
  'reports:read': [...SERVICE, 'auditor'],
  'history:read': [...MANAGERS, 'auditor'],
  'processes:read': [...MANAGERS, 'auditor'],
  'audit:read': [...MANAGERS, 'auditor'],
  'processes:manage': MANAGERS,
  'integrations:read': [...MANAGERS, 'auditor'],
  'integrations:manage': MANAGERS,
  'mappings:read': [...MANAGERS, 'viewer'],
  'mappings:write': MANAGERS,
  'mappings:delete': ADMINS,
  'users:manage': ADMINS,
  'keys:manage': ADMINS,
  'devices:manage': MANAGERS,
  /** Send what happened at a device while it was offline. */
  'facts:push': [...MANAGERS, 'till', 'device'],
  'facts:read': [...SERVICE, 'auditor'],
  'conflicts:read': [...MANAGERS, 'auditor'],
  /** Choose which of two versions counts. */
  'conflicts:resolve': MANAGERS,
  /** Get numbers for documents that are made offline. */
  'fiscal:reserve': [...MANAGERS, 'till', 'device'],
  'fiscal:read': [...MANAGERS, 'auditor'],
  'fiscal:manage': MANAGERS,
  /** Sign a user in at the device that asks. */
  'devices:sign-in': ['admin', 'device'],
  /** The own name and password; API keys and devices have none. */
  'profile:own': [...SERVICE, ...READERS],
  'system:configure': ADMINS,
  'deliveries:read': MANAGERS,
  'deliveries:manage': MANAGERS,
  'notifications:send': MANAGERS,
  'system:operate': OPERATORS,
  'metrics:read': OPERATORS,
  'alerts:read': MANAGERS,
  'alerts:manage': MANAGERS,
} as const satisfies Record<string, Roles>;

export type Permission = keyof typeof PERMISSIONS;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as readonly Permission[];

/** Permissions that no role of a single branch gives: what they change concerns all branches. */
export const WHOLE_SHOP: ReadonlySet<Permission> = new Set<Permission>([
  'orders:import',
  'products:manage',
  'mappings:write',
  'mappings:delete',
  'users:manage',
  'keys:manage',
  'system:configure',
  'system:operate',
  'metrics:read',
]);

export function rolesWith(permission: Permission): readonly Role[] {
  return PERMISSIONS[permission];
}

/**
 * Whether one of the grants gives the permission in that branch. Without a branch, only a role of
 * the whole shop does.
 */
export function isPermitted(
  grants: readonly Grant[],
  permission: Permission,
  branchId?: string,
): boolean {
  return grants.some(
    (grant) =>
      rolesWith(permission).includes(grant.role) &&
      (grant.scopes?.includes(permission) ?? true) &&
      (grant.branchId === undefined ||
        (grant.branchId === branchId && !WHOLE_SHOP.has(permission))),
  );
}

/** What a grant permits in its branch, or in the whole shop. */
function permissionsOf({ role, branchId, scopes }: Grant): readonly Permission[] {
  return PERMISSION_NAMES.filter(
    (name) =>
      rolesWith(name).includes(role) &&
      (scopes?.includes(name) ?? true) &&
      (branchId === undefined || !WHOLE_SHOP.has(name)),
  );
}

/**
 * Callers give no more than they hold: neither by a key or a role, nor by a PIN or an invitation,
 * with which they could act as its user.
 * @throws DomainError forbidden.
 */
export function assertCovered(held: readonly Grant[], given: readonly Grant[]): void {
  for (const grant of given) {
    const { branchId } = grant;
    const missing = permissionsOf(grant).find((each) => !isPermitted(held, each, branchId));
    if (missing === undefined) continue;
    const message = `expected permissions that the caller has, found ${missing}`;
    throw new DomainError('forbidden', message, { permission: missing });
  }
}
