import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../engine/projections/reads.ts';
import type { Preferences } from './document.ts';
import { notificationPreferences } from './projection.ts';

/** Of the period that is open: there is one document for a person. */
export async function findPreferences(
  reads: Reads,
  personId: string,
): Promise<Preferences | undefined> {
  const query = { where: { personId }, orderBy: 'updatedAt', limit: 1 };
  const [found] = await reads.find<Preferences>(notificationPreferences.name, query);
  return found?.body;
}

/** Preferences by the time of their last change, the newest first. */
export function listPreferences(reads: Reads, page: PageRequest): Promise<Page<Preferences>> {
  const query = { orderBy: 'updatedAt', direction: 'descending' } as const;
  return findPage(reads, notificationPreferences.name, query, page);
}
