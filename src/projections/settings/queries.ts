import { documentKey } from '../../domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../engine/projections/reads.ts';
import type { Setting } from './document.ts';
import { settings } from './projection.ts';

export async function findSetting(
  reads: Reads,
  storeId: string,
  key: string,
): Promise<Setting | undefined> {
  return (await reads.get<Setting>(settings.name, documentKey(storeId, key)))?.body;
}

/** The settings of a shop in the order of their keys. */
export function listSettings(reads: Reads, page: PageRequest): Promise<Page<Setting>> {
  return findPage(reads, settings.name, { orderBy: 'key' }, page);
}
