import type { Route } from '../../src/api/route.ts';
import { PERMISSIONS, rolesWith } from '../../src/domain/kernel/permissions.ts';
import type { Feature } from '../../src/features/feature.ts';
import { code, table } from './markdown.ts';

const HEAD = ['Operation', 'Does', 'Permission', 'Roles', 'Status'];
const ALL_ROLES = new Set(Object.values(PERMISSIONS).flat());

function accessOf({ permission }: Route): [permission: string, roles: string] {
  if (permission === 'public') return ['none', 'no key needed'];
  const roles = rolesWith(permission);
  return [code(permission), roles.length === ALL_ROLES.size ? 'all' : roles.join(', ')];
}

const rowOf = (route: Route) => [
  code(`${route.method.toUpperCase()} ${route.path}`),
  route.summary,
  ...accessOf(route),
  [route.status, ...(route.otherStatuses ?? [])].join(' or '),
];

/** Every operation, under the tag that the OpenAPI document gives it. */
export function operationTables(features: readonly Feature[]): string {
  const routes = features.flatMap((feature) => feature.routes);
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  return tags
    .map((tag) => {
      const tagged = routes.filter((route) => route.tag === tag);
      return `### ${tag}\n\n${table(HEAD, tagged.map(rowOf))}`;
    })
    .join('\n\n');
}
