import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../engine/projections/reads.ts';
import type { CustomerAccount } from './document.ts';
import { accountKey, customerAccounts } from './projection.ts';

export async function findCustomerAccount(
  reads: Reads,
  storeId: string,
  customerId: string,
): Promise<CustomerAccount | undefined> {
  const key = accountKey(storeId, customerId);
  return (await reads.get<CustomerAccount>(customerAccounts.name, key))?.body;
}

/** Customers by name. */
export function listCustomerAccounts(
  reads: Reads,
  page: PageRequest,
): Promise<Page<CustomerAccount>> {
  return findPage(reads, customerAccounts.name, { orderBy: 'name' }, page);
}
