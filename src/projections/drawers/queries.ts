import { documentKey } from '../../domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../engine/projections/reads.ts';
import type { Drawer } from './document.ts';
import { drawers } from './projection.ts';

export async function findDrawer(
  reads: Reads,
  storeId: string,
  drawerId: string,
): Promise<Drawer | undefined> {
  return (await reads.get<Drawer>(drawers.name, documentKey(storeId, drawerId)))?.body;
}

export interface DrawerFilter {
  readonly tillId?: string | undefined;
  readonly status?: Drawer['status'] | undefined;
}

/** Drawer sessions, the newest first. */
export function listDrawers(
  reads: Reads,
  filter: DrawerFilter,
  page: PageRequest,
): Promise<Page<Drawer>> {
  return findPage(
    reads,
    drawers.name,
    { where: wherePresent({ ...filter }), orderBy: 'openedAt', direction: 'descending' },
    page,
  );
}
