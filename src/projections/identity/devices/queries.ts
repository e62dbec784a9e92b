import { documentKey } from '../../../domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../../engine/projections/reads.ts';
import type { Device } from './document.ts';
import { devices } from './projection.ts';

export async function findDevice(
  reads: Reads,
  storeId: string,
  deviceId: string,
): Promise<Device | undefined> {
  return (await reads.get<Device>(devices.name, documentKey(storeId, deviceId)))?.body;
}

/** The devices of a shop, or of one branch, the oldest first. */
export function listDevices(
  reads: Reads,
  { branchId }: { readonly branchId?: string | undefined },
  page: PageRequest,
): Promise<Page<Device>> {
  const where = wherePresent({ branchId });
  return findPage(reads, devices.name, { where, orderBy: 'registeredAt' }, page);
}
