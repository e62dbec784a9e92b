import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../engine/projections/reads.ts';
import type { Preferences } from './document.ts';
import { notificationPreferences, preferencesKey } from './projection.ts';

export async function findPreferences(
  reads: Reads,
  storeId: string,
  personId: string,
): Promise<Preferences | undefined> {
  const key = preferencesKey(storeId, personId);
  return (await reads.get<Preferences>(notificationPreferences.name, key))?.body;
}

/** Preferences by the time of their last change, the newest first. */
export function listPreferences(reads: Reads, page: PageRequest): Promise<Page<Preferences>> {
  const query = { orderBy: 'updatedAt', direction: 'descending' } as const;
  return findPage(reads, notificationPreferences.name, query, page);
}
