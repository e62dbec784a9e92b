import { documentKey } from '../../domain/kernel/names.ts';
import type { Reads } from '../../engine/projections/reads.ts';
import type { FieldMappings } from './document.ts';
import { fieldMappings } from './projection.ts';

export async function findFieldMappings(
  reads: Reads,
  storeId: string,
  provider: string,
): Promise<FieldMappings | undefined> {
  const key = documentKey(storeId, provider);
  return (await reads.get<FieldMappings>(fieldMappings.name, key))?.body;
}
