import { shortHash } from '../../../domain/kernel/fingerprint.ts';
import type { Projection } from '../folding/projection.ts';

/**
 * Groups that the projections are split into, so that several processes share the work. Each
 * group has one feed and one lease. A projection stays in its group whatever others there are.
 */
export const PROJECTION_GROUPS = 4;

export interface ProjectionGroup {
  /** Name of its feed, and of its lease. */
  readonly feed: string;
  readonly projections: readonly Projection[];
}

export function feedOf(projection: string): string {
  return `feed-${Number.parseInt(shortHash(projection).slice(-4), 36) % PROJECTION_GROUPS}`;
}

/** The groups that have projections, in the order of their names. */
export function groupsOf(projections: readonly Projection[]): readonly ProjectionGroup[] {
  const groups = new Map<string, Projection[]>();
  for (const projection of projections) {
    const feed = feedOf(projection.name);
    groups.set(feed, [...(groups.get(feed) ?? []), projection]);
  }
  return [...groups]
    .map(([feed, members]) => ({ feed, projections: members }))
    .sort((a, b) => (a.feed < b.feed ? -1 : 1));
}
