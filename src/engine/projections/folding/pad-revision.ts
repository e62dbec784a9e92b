/** Streams are bounded far below this, so that keys sort as revisions do. */
const DIGITS = 8;

/** A revision as a part of a key. */
export function padRevision(revision: number): string {
  return String(revision).padStart(DIGITS, '0');
}
