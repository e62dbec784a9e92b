import { documentKey } from '../../../domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../../engine/projections/reads.ts';
import type { DeviceFact } from './document.ts';
import { deviceFacts } from './projection.ts';

export async function findFact(
  reads: Reads,
  storeId: string,
  factId: string,
): Promise<DeviceFact | undefined> {
  return (await reads.get<DeviceFact>(deviceFacts.name, documentKey(storeId, factId)))?.body;
}

/** Facts that devices sent, the newest first. */
export function listFacts(
  reads: Reads,
  filter: Partial<Record<'deviceId' | 'status', string | undefined>>,
  page: PageRequest,
): Promise<Page<DeviceFact>> {
  const query = { orderBy: 'keptAt', direction: 'descending' } as const;
  return findPage(reads, deviceFacts.name, { where: wherePresent(filter), ...query }, page);
}
