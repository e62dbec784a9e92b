import {
  type Case,
  isOneWay,
  isSold,
  type Matched,
  type NotedOwner,
  type OwnSale,
  type Placed,
  type PostingState,
  refundsIn,
  saleHistoryOf,
  SOLD_STATUSES,
} from '../../domain/books/index.ts';
import { orderDecider, type OrderEvent } from '../../domain/orders/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Days } from './read-provider.ts';
import { correctionNumber, refundNumber, saleNumber } from './translate.ts';

/** An order as the read models have it. */
export interface ListedOrder {
  readonly orderId: string;
  /** At Square; '' for one of the shop. */
  readonly sourceId: string;
  readonly businessDay: string;
  readonly totalMinor: number;
  readonly dueMinor: number;
  readonly refundedMinor: number;
  readonly status: string;
}

/** What is known here, from read models and the log. */
export interface OwnReads {
  orders(days: Days): AsyncIterable<ListedOrder>;
  /** Orders with a refund or correction whose posting was requested since that day. */
  followedSince(day: string): Promise<FollowedOrders>;
  /** All events of an order. */
  eventsOf(orderId: string): Promise<readonly Placed<OrderEvent>[]>;
  postingOf(
    of: Pick<OwnSale, 'orderId' | 'refundId' | 'correctionId'>,
  ): Promise<PostingState | undefined>;
}

export interface FollowedOrders {
  readonly refunded: ReadonlySet<string>;
  readonly corrected: ReadonlySet<string>;
}

export interface OwnParts {
  readonly commands: Pick<CommandEngine, 'load'>;
  readonly digest: Digest;
  readonly reads: OwnReads;
}

type Origin = Pick<ListedOrder, 'orderId' | 'sourceId'>;

/** Sales and refunds of those days. A refund counts on its own day, whenever its sale was. */
export async function ownSales(
  parts: OwnParts,
  storeId: string,
  days: Days,
): Promise<readonly OwnSale[]> {
  const { digest, reads } = parts;
  const sales: OwnSale[] = [];
  const refunded = new Map<string, Origin>();
  const followed = await reads.followedSince(days.from);
  for await (const order of reads.orders(days)) {
    const { orderId, sourceId, businessDay: day, totalMinor, status, dueMinor } = order;
    const isPaid = SOLD_STATUSES.includes(status) && dueMinor === 0;
    const sale = { orderId, day, totalMinor, isSold: isPaid };
    const source = sourceId === '' ? undefined : sourceId;
    const number = saleNumber(digest, storeId, orderId, source);
    const booked = followed.corrected.has(orderId) && (await soldFor(parts, orderId));
    sales.push({
      ...{ ...sale, number, ...(source !== undefined && { squareOrderId: source }) },
      ...(booked !== undefined && booked !== false && { bookedMinor: booked }),
    });
    if (isPaid && order.refundedMinor > 0) refunded.set(orderId, order);
  }
  const isOfDays = ({ day }: OwnSale) => day >= days.from && day <= days.to;
  for (const orderId of followed.corrected) {
    sales.push(...(await correctionsAsSales(parts, storeId, orderId)).filter(isOfDays));
  }
  for (const orderId of followed.refunded) {
    if (refunded.has(orderId)) continue;
    const sourceId = await sourceOf(parts, storeId, orderId);
    if (sourceId !== undefined) refunded.set(orderId, { orderId, sourceId });
  }
  for (const origin of refunded.values()) {
    const all = await refundsAsSales(parts, storeId, origin);
    sales.push(...all.filter(isOfDays));
  }
  return sales;
}

/** Undefined: it was never sold. */
async function sourceOf({ commands }: OwnParts, storeId: string, orderId: string) {
  const { state } = await commands.load(orderDecider, storeId, orderId);
  return state.status === 'none' || !isSold(state) ? undefined : (state.source?.id ?? '');
}

/** What it was sold for; undefined: it is not sold. */
async function soldFor({ reads }: OwnParts, orderId: string): Promise<number | undefined> {
  const history = saleHistoryOf(await reads.eventsOf(orderId));
  return history && isSold(history.order) ? history.sold?.totals.totalMinor : undefined;
}

async function correctionsAsSales(
  { digest, reads }: OwnParts,
  storeId: string,
  orderId: string,
): Promise<OwnSale[]> {
  const history = saleHistoryOf(await reads.eventsOf(orderId));
  if (!history) return [];
  const { order, corrections } = history;
  const source = order.source?.id;
  return corrections.map(({ correctionId, businessDay: day, before, after }) => {
    const moreMinor = after.totals.totalMinor - before.totals.totalMinor;
    return {
      ...{ orderId, correctionId, day, totalMinor: Math.abs(moreMinor), isSold: isSold(order) },
      number: correctionNumber(digest, storeId, { orderId, correctionId, source }),
      ...(moreMinor < 0 && { isBack: true as const }),
    };
  });
}

async function refundsAsSales(
  { digest, reads }: OwnParts,
  storeId: string,
  { orderId, sourceId }: Origin,
): Promise<OwnSale[]> {
  const refunds = refundsIn(await reads.eventsOf(orderId));
  return refunds.map(({ refundId, businessDay: day, amountMinor, tipMinor, ...refund }) => ({
    ...{ orderId, refundId, day, totalMinor: amountMinor + tipMinor },
    number: refundNumber(digest, storeId, { orderId, refundId, source: sourceId || undefined }),
    isSold: isOneWay({ refundId, businessDay: day, amountMinor, tipMinor, ...refund }),
  }));
}

/**
 * Documents of sales of other days, with these sales. Documents of orders that are not of this shop
 * are left alone: another shop may keep its books there too.
 */
export async function strayCases(
  parts: OwnParts,
  storeId: string,
  strays: Matched['strays'],
): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (const { entries, ...noted } of strays) {
    const own = await strayOf(parts, storeId, noted);
    if (own) cases.push({ own, entries: entries });
  }
  return cases;
}

async function strayOf(
  parts: OwnParts,
  storeId: string,
  { orderId, refundId, correctionId }: NotedOwner,
): Promise<OwnSale | undefined> {
  const { state } = await parts.commands.load(orderDecider, storeId, orderId);
  if (state.status === 'none') return undefined;
  const sourceId = state.source?.id ?? '';
  if (refundId !== undefined) {
    const all = await refundsAsSales(parts, storeId, { orderId, sourceId });
    return all.find((each) => each.refundId === refundId);
  }
  if (correctionId !== undefined) {
    const all = await correctionsAsSales(parts, storeId, orderId);
    return all.find((each) => each.correctionId === correctionId);
  }
  const booked = await soldFor(parts, orderId);
  return {
    ...{ orderId, day: state.placedOn, totalMinor: state.totals.totalMinor },
    ...(booked !== undefined && { bookedMinor: booked }),
    number: saleNumber(parts.digest, storeId, orderId, sourceId || undefined),
    isSold: isSold(state),
    ...(sourceId !== '' && { squareOrderId: sourceId }),
  };
}
