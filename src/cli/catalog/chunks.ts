import { type RelatedObjects, relatedTo } from './json-source.ts';
import type { SourceItem } from './source.ts';

/** Small enough for a steady progress line, large enough to share commits. */
const MAX_CHUNK_ITEMS = 250;
/** Half of what the server takes, so that related objects have room. */
const MAX_CHUNK_BYTES = 2 * 1_048_576;
/** More is not remembered: a later duplicate then changes the product again. */
const MAX_REMEMBERED = 1_000_000;

/** Items to send in one request, and those that are not to be sent. */
export interface ItemChunk {
  readonly items: readonly SourceItem[];
  readonly related: readonly SourceItem[];
}

/** Variations of Square count too: each is a product. */
function sizeOf({ value }: SourceItem): number {
  const { item_data: data } = (value ?? {}) as { item_data?: { variations?: unknown } | null };
  return Array.isArray(data?.variations) ? Math.max(1, data.variations.length) : 1;
}

export async function* chunksOf(
  source: AsyncIterable<SourceItem>,
  known: RelatedObjects,
): AsyncGenerator<ItemChunk> {
  let items: SourceItem[] = [];
  let size = 0;
  let sizeBytes = 0;
  const chunk = () => ({ items, related: relatedTo(items, known) });
  for await (const item of source) {
    const bytes = Buffer.byteLength(JSON.stringify(item.value ?? null));
    const itemSize = sizeOf(item);
    const isFull = size + itemSize > MAX_CHUNK_ITEMS || sizeBytes + bytes > MAX_CHUNK_BYTES;
    if (items.length > 0 && isFull) {
      yield chunk();
      items = [];
      size = 0;
      sizeBytes = 0;
    }
    items.push(item);
    size += itemSize;
    sizeBytes += bytes;
  }
  if (items.length > 0) yield chunk();
}

/** Marks a product whose sku or id an earlier one of the file has: one would undo the other. */
export async function* withoutDuplicates(
  source: AsyncIterable<SourceItem>,
): AsyncGenerator<SourceItem> {
  const seen = new Map<string, string>();
  for await (const item of source) {
    const { sku, productId } = (item.value ?? {}) as { sku?: unknown; productId?: unknown };
    const keys = [
      ...(typeof sku === 'string' ? [['sku', sku.normalize('NFC').toLowerCase()]] : []),
      ...(typeof productId === 'string' ? [['productId', productId]] : []),
    ] as [string, string][];
    const double = keys.find(([field, key]) => seen.has(`${field} ${key}`));
    if (double) {
      const [field, key] = double;
      const first = seen.get(`${field} ${key}`) ?? '';
      const message = `expected another ${field} than that of ${first}`;
      yield { ...item, problem: { code: 'duplicate_in_import', field, message } };
      continue;
    }
    for (const [field, key] of keys) {
      if (seen.size < MAX_REMEMBERED) seen.set(`${field} ${key}`, item.name);
    }
    yield item;
  }
}
