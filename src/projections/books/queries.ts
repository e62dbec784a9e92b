import { documentKey } from '../../domain/kernel/names.ts';
import type { Reads } from '../../engine/projections/reads.ts';
import type { BooksMappingDocument } from './document.ts';
import { booksMapping } from './projection.ts';

export async function findBooksMapping(
  reads: Reads,
  storeId: string,
  provider: string,
): Promise<BooksMappingDocument | undefined> {
  const key = documentKey(storeId, provider);
  return (await reads.get<BooksMappingDocument>(booksMapping.name, key))?.body;
}
