/** The order of the texts as UTF-8, in which databases without a collation sort. */
export function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
