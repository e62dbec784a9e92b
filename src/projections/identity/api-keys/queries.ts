import { documentKey } from '../../../domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../engine/projections/reads.ts';
import type { ApiKey } from './document.ts';
import { apiKeys } from './projection.ts';

export async function findApiKey(
  reads: Reads,
  storeId: string,
  keyId: string,
): Promise<ApiKey | undefined> {
  return (await reads.get<ApiKey>(apiKeys.name, documentKey(storeId, keyId)))?.body;
}

/** The keys of a shop, the oldest first. */
export function listApiKeys(reads: Reads, page: PageRequest): Promise<Page<ApiKey>> {
  return findPage(reads, apiKeys.name, { orderBy: 'createdAt' }, page);
}
