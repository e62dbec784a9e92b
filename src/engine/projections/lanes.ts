import type { FeedLane, Projection } from './folding/projection.ts';

/** Name of the feed of an engine that runs every projection itself. */
export const ONLY_FEED = 'feed';

const DEFAULT_LANE: FeedLane = 'sales';

/**
 * Number of the present assignment of projections to lanes. Raise it in the same change that moves
 * a projection to another lane, where it then continues from its own checkpoint.
 *
 * Tokens of different leases cannot be compared, but a projection's checkpoint keeps the newest
 * token that claimed it, whichever lane's lease that was of. So a token counts within its
 * assignment, and every token of an assignment is newer than all tokens of those before it: an
 * instance that still runs an earlier assignment is fenced off. Assignment 0 were the groups
 * `feed-0` to `feed-3`.
 */
export const LANE_ASSIGNMENT = 1;
const TOKENS_PER_ASSIGNMENT = 2 ** 32;

export interface Lane {
  /** Name of the lane's feed, and of its lease. */
  readonly feed: string;
  readonly projections: readonly Projection[];
}

export function feedOf({ feed = DEFAULT_LANE }: Pick<Projection, 'feed'>): string {
  return `feed-${feed}`;
}

/** The lanes that have projections, in the order of their names. */
export function lanesOf(projections: readonly Projection[]): readonly Lane[] {
  const feeds = [...new Set(projections.map(feedOf))].sort();
  return feeds.map((feed) => ({
    feed,
    projections: projections.filter((projection) => feedOf(projection) === feed),
  }));
}

/** The token under which the holder of a lane's lease claims and moves checkpoints. */
export function fencingTokenOf(leaseToken: number): number {
  return LANE_ASSIGNMENT * TOKENS_PER_ASSIGNMENT + leaseToken;
}
