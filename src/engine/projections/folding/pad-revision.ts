/** Streams are bounded far below 10^8 events, so keys sort as revisions do. */
const DIGITS = 8;

/** A revision as part of a key. */
export function padRevision(revision: number): string {
  return String(revision).padStart(DIGITS, '0');
}
