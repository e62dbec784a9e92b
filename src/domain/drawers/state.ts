/** The last count of a session. An entry after it makes it outdated: cash has moved since. */
export interface DrawerCount {
  readonly countId: string;
  readonly countedMinor: number;
  readonly varianceMinor: number;
  readonly needsApproval: boolean;
  readonly approvedBy?: string;
  readonly outdated: boolean;
}

export interface UnfinishedOrder {
  readonly orderId: string;
  /** `null`: the till named the order only. */
  readonly dueMinor: number | null;
}

interface DrawerFacts {
  readonly drawerId: string;
  readonly tillId: string;
  readonly currency: string;
  readonly varianceLimitMinor: number;
  /** The cash that should be there, in minor units; after the close with all corrections. */
  readonly expectedMinor: number;
  /** Orders with a payment here that are not fully paid. */
  readonly unfinished: readonly UnfinishedOrder[];
  readonly count?: DrawerCount;
}

export interface NoDrawer {
  readonly status: 'none';
}

export interface OpenDrawerState extends DrawerFacts {
  readonly status: 'open';
}

export interface ClosedDrawer extends DrawerFacts {
  readonly status: 'closed';
  readonly closeId: string;
  readonly count: DrawerCount;
}

export type DrawerSession = OpenDrawerState | ClosedDrawer;

/** One drawer session. Plain JSON: it is kept in snapshots. */
export type DrawerState = NoDrawer | DrawerSession;

export const initialDrawerState: DrawerState = { status: 'none' };
