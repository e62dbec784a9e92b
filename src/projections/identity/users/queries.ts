import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../../engine/projections/reads.ts';
import type { StoredUser, User } from './document.ts';
import { emailKeyOf, userKey, users, withoutKeys } from './projection.ts';

export interface UserFilter {
  readonly status?: User['status'] | undefined;
  readonly isActive?: boolean | undefined;
  readonly email?: string | undefined;
}

export async function findUser(
  reads: Reads,
  storeId: string,
  userId: string,
): Promise<User | undefined> {
  const found = await reads.get<StoredUser>(users.name, userKey(storeId, userId));
  return found && withoutKeys(found.body);
}

/** Users by e-mail address. */
export async function listUsers(
  reads: Reads,
  { status, isActive, email }: UserFilter,
  page: PageRequest,
): Promise<Page<User>> {
  const emailKey = email === undefined ? undefined : emailKeyOf(email);
  const active = isActive === undefined ? undefined : Number(isActive);
  const where = wherePresent({ status, active, emailKey });
  const found = await findPage<StoredUser>(reads, users.name, { where, orderBy: 'emailKey' }, page);
  return { ...found, items: found.items.map(withoutKeys) };
}
