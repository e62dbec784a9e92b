import {
  type Permission,
  PERMISSIONS,
  rolesWith,
  WHOLE_SHOP,
} from '../../src/domain/kernel/permissions.ts';
import { ROLES } from '../../src/domain/kernel/shop.ts';
import { code, table } from './markdown.ts';

/** The permissions, and the roles that hold each. */
export function permissionTable(): string {
  const names = Object.keys(PERMISSIONS) as Permission[];
  const rows = names.map((name) => [
    code(name),
    ...ROLES.map((role) => (rolesWith(name).includes(role) ? 'yes' : '')),
    WHOLE_SHOP.has(name) ? 'whole shop' : 'branch',
  ]);
  return table(['Permission', ...ROLES.map(code), 'Given by a role of'], rows);
}
