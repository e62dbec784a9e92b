import type { InstanceRole } from '../app/options.ts';
import type { Identity } from '../commands/identity/identity.ts';
import type { Shop } from '../domain/kernel/shop.ts';

/** Shops whose links one start prints. */
const MAX_LINKS = 20;

/** A one-time link for each shop without a user, to make its first administrator. */
export async function firstAdminLinks(
  role: InstanceRole,
  { firstAdmin }: Pick<Identity, 'firstAdmin'>,
  shops: readonly Shop[],
  url: string,
): Promise<readonly string[]> {
  if (role === 'worker') return [];
  const lines: string[] = [];
  for (const { id } of shops.slice(0, MAX_LINKS)) {
    const token = await firstAdmin.offer(id);
    if (token === undefined) continue;
    const link = `${url}/docs/setup#${token}`;
    lines.push(`first administrator of ${id}, once, within 24 hours: ${link}`);
  }
  return lines;
}
