import { documentKey } from '../../domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../engine/projections/reads.ts';
import type { Integration } from './document.ts';
import { integrations } from './projection.ts';

export async function findIntegration(
  reads: Reads,
  storeId: string,
  provider: string,
): Promise<Integration | undefined> {
  return (await reads.get<Integration>(integrations.name, documentKey(storeId, provider)))?.body;
}

/** The connections of a shop, by provider. */
export function listIntegrations(reads: Reads, page: PageRequest): Promise<Page<Integration>> {
  return findPage(reads, integrations.name, { orderBy: 'provider' }, page);
}
