const OBJECT_BYTES = 32;
const FIELD_BYTES = 16;
const TEXT_BYTES = 24;

/**
 * About how much memory a plain value takes, for limits in bytes. Counting ends at `max`, so that
 * it costs no more than the limit is worth.
 */
export function approximateBytes(value: unknown, max = Number.MAX_SAFE_INTEGER): number {
  let bytes = 0;
  const open: unknown[] = [value];
  while (open.length > 0 && bytes < max) {
    const next = open.pop();
    if (typeof next === 'string') bytes += TEXT_BYTES + next.length;
    if (next === null || typeof next !== 'object') continue;
    bytes += OBJECT_BYTES;
    if (Array.isArray(next)) {
      bytes += next.length * FIELD_BYTES;
      for (const item of next) open.push(item);
    } else {
      for (const key in next) {
        bytes += FIELD_BYTES;
        open.push((next as Record<string, unknown>)[key]);
      }
    }
  }
  return bytes;
}
