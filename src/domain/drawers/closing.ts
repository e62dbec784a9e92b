import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { DomainError } from '../kernel/errors.ts';
import { addMinor, assertWithinMaximum } from '../kernel/money.ts';
import { assertJustified, assertOpen, commonData } from './checks.ts';
import type { ApproveVariance, CloseDrawer, CountDrawer } from './commands.ts';
import {
  type Denomination,
  type DrawerClosed,
  type DrawerCounted,
  type DrawerVarianceApproved,
  MAX_UNFINISHED,
} from './events.ts';
import type { DrawerCount, DrawerSession, UnfinishedOrder } from './state.ts';

/** @throws DomainError invalid_request for a value named twice, amount_out_of_range. */
function sumOf(denominations: readonly Denomination[]): number {
  const values = new Set(denominations.map(({ valueMinor }) => valueMinor));
  if (values.size !== denominations.length) {
    throw new DomainError('invalid_request', 'expected each value once, found one again', {
      field: 'denominations',
    });
  }
  let sum = 0n;
  for (const { valueMinor, count } of denominations) sum += BigInt(valueMinor) * BigInt(count);
  const countedMinor = Number(sum);
  assertWithinMaximum(countedMinor, 'countedMinor');
  return countedMinor;
}

/**
 * Counts the cash. A later count replaces this one.
 * @throws DomainError drawer_closed, invalid_request, amount_out_of_range.
 */
export function countDrawer(
  data: CountDrawer['data'],
  drawer: DrawerSession,
  context: CommandContext,
): DrawerCounted[] {
  assertOpen(drawer);
  const countedMinor = sumOf(data.denominations);
  const { expectedMinor, varianceLimitMinor } = drawer;
  const varianceMinor = addMinor(countedMinor, -expectedMinor);
  const denominations = data.denominations.map((each) => ({ ...each }));
  return [
    {
      type: 'DrawerCounted',
      data: {
        ...commonData(drawer, context),
        countId: derivedId(context),
        denominations,
        countedMinor,
        expectedMinor,
        varianceMinor,
        needsApproval: Math.abs(varianceMinor) > varianceLimitMinor,
        ...omitUndefined({ countedBy: data.countedBy }),
      },
    },
  ];
}

/** @throws DomainError drawer_not_counted without a count, or when cash has moved since. */
function currentCount(drawer: DrawerSession): DrawerCount {
  const { count, drawerId } = drawer;
  if (count && !count.outdated) return count;
  const found = count ? 'money that moved since the last one' : 'none';
  throw new DomainError('drawer_not_counted', `expected a count of the drawer, found ${found}`, {
    drawerId,
  });
}

/**
 * Approves the variance of the current count. One that needs no approval may be approved as well:
 * a name then stands beside it.
 * @throws DomainError drawer_closed, drawer_not_counted, approval_required.
 */
export function approveVariance(
  data: ApproveVariance['data'],
  drawer: DrawerSession,
  context: CommandContext,
): DrawerVarianceApproved[] {
  assertOpen(drawer);
  const { countId, varianceMinor } = currentCount(drawer);
  const { reason, approvedBy } = data;
  assertJustified(reason, 'reason');
  assertJustified(approvedBy, 'approvedBy');
  return [
    {
      type: 'DrawerVarianceApproved',
      data: { ...commonData(drawer, context), countId, varianceMinor, reason, approvedBy },
    },
  ];
}

/**
 * Closes the session, once. Orders that are not fully paid do not prevent it: they are listed.
 * @throws DomainError drawer_closed, drawer_not_counted, variance_not_approved.
 */
export function closeDrawer(
  data: CloseDrawer['data'],
  drawer: DrawerSession,
  context: CommandContext,
): DrawerClosed[] {
  assertOpen(drawer);
  const { countId, countedMinor, varianceMinor, needsApproval, approvedBy } = currentCount(drawer);
  if (needsApproval && approvedBy === undefined) {
    const { varianceLimitMinor } = drawer;
    throw new DomainError(
      'variance_not_approved',
      `expected a variance of at most ${varianceLimitMinor} or an approval, found ${varianceMinor}`,
      { varianceMinor, varianceLimitMinor },
    );
  }
  const { expectedMinor } = drawer;
  const unfinished = unfinishedOrders(drawer.unfinished, data.unfinishedOrderIds ?? []);
  return [
    {
      type: 'DrawerClosed',
      data: {
        ...commonData(drawer, context),
        closeId: derivedId(context),
        countId,
        expectedMinor,
        countedMinor,
        varianceMinor,
        unfinished,
        ...omitUndefined({ approvedBy, closedBy: data.closedBy }),
      },
    },
  ];
}

/** Those known by their payments, then those that the till names. */
function unfinishedOrders(
  known: readonly UnfinishedOrder[],
  named: readonly string[],
): UnfinishedOrder[] {
  const knownIds = new Set(known.map(({ orderId }) => orderId));
  const others = [...new Set(named)].filter((orderId) => !knownIds.has(orderId));
  return [...known, ...others.map((orderId) => ({ orderId, dueMinor: null }))].slice(
    0,
    MAX_UNFINISHED,
  );
}
