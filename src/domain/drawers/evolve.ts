import { invariant, unreachable } from '../kernel/invariant.ts';
import {
  type DrawerClosed,
  type DrawerCorrected,
  type DrawerEntryRecorded,
  type DrawerEvent,
  type DrawerOpened,
  MAX_UNFINISHED,
} from './events.ts';
import type {
  ClosedDrawer,
  DrawerSession,
  DrawerState,
  OpenDrawerState,
  UnfinishedOrder,
} from './state.ts';

/**
 * The session after an event.
 * @throws InvariantError when an event does not fit the session, or leaves other expected cash
 *   than it states.
 */
export function evolveDrawer(state: DrawerState, event: DrawerEvent): DrawerState {
  if (event.type === 'DrawerOpened') return opened(state, event.data);
  invariant(state.status !== 'none', 'a session to be opened first', { type: event.type });
  if (event.type === 'DrawerCorrected') return corrected(state, event.data);
  invariant(state.status === 'open', 'an open session', { type: event.type });
  return changed(state, event);
}

function opened(state: DrawerState, data: DrawerOpened['data']): OpenDrawerState {
  invariant(state.status === 'none', 'a session to be opened once', { id: data.drawerId });
  const { drawerId, tillId, currency, varianceLimitMinor, openingFloatMinor } = data;
  return {
    status: 'open',
    drawerId,
    tillId,
    currency,
    varianceLimitMinor,
    expectedMinor: openingFloatMinor,
    unfinished: [],
  };
}

function changed(
  drawer: OpenDrawerState,
  event: Exclude<DrawerEvent, { type: 'DrawerOpened' | 'DrawerCorrected' }>,
): DrawerSession {
  switch (event.type) {
    case 'DrawerEntryRecorded': {
      const { count, ...rest } = drawer;
      return {
        ...rest,
        expectedMinor: expectedAfter(drawer, event.data),
        unfinished: unfinishedAfter(drawer.unfinished, event.data),
        // A card payment moves no cash, so a count before it still holds.
        ...(count && {
          count: { ...count, outdated: count.outdated || event.data.cashMinor !== 0 },
        }),
      };
    }
    case 'DrawerCounted': {
      const { countId, countedMinor, varianceMinor, needsApproval, expectedMinor } = event.data;
      invariant(expectedMinor === drawer.expectedMinor, 'a count against the expected cash', {
        stated: expectedMinor,
        found: drawer.expectedMinor,
      });
      const count = { countId, countedMinor, varianceMinor, needsApproval, outdated: false };
      return { ...drawer, count };
    }
    case 'DrawerVarianceApproved': {
      const { countId, approvedBy } = event.data;
      const { count } = drawer;
      invariant(count?.countId === countId, 'the current count to be approved', { countId });
      return { ...drawer, ...(count && { count: { ...count, approvedBy } }) };
    }
    case 'DrawerClosed':
      return closed(drawer, event.data);
    default:
      return unreachable(event);
  }
}

function closed(drawer: OpenDrawerState, data: DrawerClosed['data']): ClosedDrawer {
  const { count, expectedMinor } = drawer;
  invariant(count !== undefined && count.countId === data.countId, 'a close with its count', {
    countId: data.countId,
  });
  invariant(
    expectedMinor === data.expectedMinor &&
      data.countedMinor - expectedMinor === data.varianceMinor,
    'a close with counted less expected as its variance',
    { expectedMinor, stated: data.expectedMinor, varianceMinor: data.varianceMinor },
  );
  return { ...drawer, status: 'closed', closeId: data.closeId, count };
}

function corrected(drawer: DrawerSession, data: DrawerCorrected['data']): ClosedDrawer {
  invariant(
    drawer.status === 'closed' && drawer.closeId === data.closeId,
    'a correction of the close of this session',
    { closeId: data.closeId },
  );
  const { unfinished } = drawer;
  const expectedMinor = expectedAfter(drawer, data);
  return { ...drawer, expectedMinor, unfinished: unfinishedAfter(unfinished, data) };
}

function expectedAfter(
  drawer: DrawerSession,
  data: Pick<DrawerEntryRecorded['data'], 'cashMinor' | 'expectedMinor' | 'entryId'>,
): number {
  const expectedMinor = drawer.expectedMinor + data.cashMinor;
  invariant(expectedMinor === data.expectedMinor, 'an entry to leave the cash that it states', {
    entryId: data.entryId,
    stated: data.expectedMinor,
    found: expectedMinor,
  });
  return expectedMinor;
}

/** A payment that leaves something due makes its order unfinished; one that leaves 0 ends that. */
function unfinishedAfter(
  unfinished: readonly UnfinishedOrder[],
  { kind, orderId, dueMinor }: DrawerEntryRecorded['data'] | DrawerCorrected['data'],
): readonly UnfinishedOrder[] {
  if (kind !== 'sale' || orderId === undefined || dueMinor === undefined) return unfinished;
  const others = unfinished.filter((each) => each.orderId !== orderId);
  if (dueMinor === 0 || others.length >= MAX_UNFINISHED) return others;
  return [...others, { orderId, dueMinor }];
}
