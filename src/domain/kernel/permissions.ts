import type { Role } from './shop.ts';

const EVERYONE = ['till', 'manager', 'operator'] as const satisfies readonly Role[];
const MANAGERS = ['manager', 'operator'] as const satisfies readonly Role[];
const OPERATORS = ['operator'] as const satisfies readonly Role[];

/** Who may do what: the roles that hold each permission. Whatever is not listed is denied. */
export const PERMISSIONS = {
  'orders:read': EVERYONE,
  'orders:write': EVERYONE,
  'orders:comp': MANAGERS,
  'orders:import': MANAGERS,
  'payments:read': EVERYONE,
  'payments:write': EVERYONE,
  'customers:read': EVERYONE,
  'customers:manage': MANAGERS,
  'debts:write': EVERYONE,
  'debts:open-balance': MANAGERS,
  'debts:write-off': MANAGERS,
  'reports:read': EVERYONE,
  'history:read': MANAGERS,
  'system:operate': OPERATORS,
  'metrics:read': OPERATORS,
  'alerts:read': MANAGERS,
  'alerts:manage': MANAGERS,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

export function rolesWith(permission: Permission): readonly Role[] {
  return PERMISSIONS[permission];
}

export function isPermitted(role: Role, permission: Permission): boolean {
  return rolesWith(permission).includes(role);
}
