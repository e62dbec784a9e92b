import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../engine/projections/reads.ts';
import type { CustomerAccount, StoredAccount } from './document.ts';
import { accountKey, customerAccounts, withoutSortName } from './projection.ts';

export async function findCustomerAccount(
  reads: Reads,
  storeId: string,
  customerId: string,
): Promise<CustomerAccount | undefined> {
  const key = accountKey(storeId, customerId);
  const found = await reads.get<StoredAccount>(customerAccounts.name, key);
  return found && withoutSortName(found.body);
}

/** Customers by name, without regard to case and accents. */
export async function listCustomerAccounts(
  reads: Reads,
  request: PageRequest,
): Promise<Page<CustomerAccount>> {
  const orderBy = 'sortName';
  const page = await findPage<StoredAccount>(reads, customerAccounts.name, { orderBy }, request);
  return { ...page, items: page.items.map(withoutSortName) };
}
