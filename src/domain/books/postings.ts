import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { IntegrationEvent } from '../integrations/index.ts';
import { comparePositions, type Position } from '../kernel/position.ts';
import { type Order, orderDecider, type OrderEvent, type OrderState } from '../orders/index.ts';
import { isSold } from './receipts.ts';

/** An event with its place in the log, by which the events of two streams are in order. */
export type Placed<Event> = Event & { readonly position: Position; readonly revision: number };

interface RefundAt {
  readonly refundId: string;
  readonly businessDay: string;
  readonly at: Position;
}

/** A change of what was sold, after it was sold. */
export interface CorrectionAt {
  /** Of its event: `r7` is that of revision 7. */
  readonly correctionId: string;
  /** Of the change, whose day is open when that of the sale may be closed. */
  readonly businessDay: string;
  readonly at: Position;
  /** Both sold and paid in full. */
  readonly before: Order;
  readonly after: Order;
}

/** An order as its events show it: when it was sold, what changed later, and what went back. */
export interface SaleHistory {
  readonly order: Order;
  /** As it was when it was sold: later changes are documents of their own. */
  readonly sold?: Order;
  /** The first event after which it was sold and paid in full. Absent: it never was. */
  readonly soldAt?: Position;
  readonly refunds: readonly RefundAt[];
  readonly corrections: readonly CorrectionAt[];
}

/** Undefined: there is no such order. */
export function saleHistoryOf(events: readonly Placed<OrderEvent>[]): SaleHistory | undefined {
  let state: OrderState = orderDecider.initialState;
  let soldAt: Position | undefined;
  let sold: Order | undefined;
  let latest: Order | undefined;
  const refunds: RefundAt[] = [];
  const corrections: CorrectionAt[] = [];
  for (const event of events) {
    // A refusal is in the stream too, and changes nothing.
    if ((event.type as string) === 'CommandRefused') continue;
    state = orderDecider.evolve(state, event);
    if (state.status !== 'none' && isSold(state)) {
      soldAt ??= event.position;
      sold ??= state;
      if (latest && isRepriced(latest, state)) {
        const { businessDay } = event.data;
        const [correctionId, at] = [`r${event.revision}`, event.position];
        corrections.push({ correctionId, businessDay, at, before: latest, after: state });
      }
      latest = state;
    }
    if (event.type !== 'OrderRefunded') continue;
    const { refundId, businessDay } = event.data;
    refunds.push({ refundId, businessDay, at: event.position });
  }
  if (state.status === 'none') return undefined;
  return { order: state, ...omitUndefined({ soldAt, sold }), refunds, corrections };
}

/** Whether an order has other prices than it was sold with. */
function isRepriced(before: Order, after: Order): boolean {
  const parts = ({ lines, discounts, taxes, serviceCharges, totals }: Order) =>
    JSON.stringify([lines, discounts, taxes, serviceCharges, totals]);
  const isSame =
    before.lines === after.lines &&
    before.discounts === after.discounts &&
    before.taxes === after.taxes &&
    before.serviceCharges === after.serviceCharges &&
    before.totals === after.totals;
  return !isSame && parts(before) !== parts(after);
}

/** Whether a shop had a connection when an event of that place was recorded. */
export function connectedAt(events: readonly Placed<IntegrationEvent>[], at: Position): boolean {
  const before = events.filter(
    ({ type, position }) =>
      (type as string) !== 'CommandRefused' && comparePositions(position, at) < 0,
  );
  const last = before.at(-1);
  return last !== undefined && last.data.status !== 'disconnected';
}

/** What of an order goes to the books. */
export interface Postings {
  readonly sale: boolean;
  readonly refundIds: readonly string[];
  readonly correctionIds: readonly string[];
}

/**
 * A sale goes to the books when the shop was connected as it was sold, or, where the owner chose a
 * first day, when it is of that day or later. With a sale go all its refunds, also those before it
 * was paid in full, and its late changes; of a sale that others have booked, the refunds since the
 * connection or that day.
 * @param firstDay business day, YYYY-MM-DD.
 */
export function postingsOf(
  { order, soldAt, refunds, corrections }: SaleHistory,
  wasConnected: (at: Position) => boolean,
  firstDay?: string,
): Postings {
  // Money that went back on an order that was never a sale is no refund of anything in the books.
  if (soldAt === undefined) return NOTHING_POSTED;
  const isCovered = (day: string, at: Position) =>
    firstDay === undefined ? wasConnected(at) : day >= firstDay;
  const sale = isCovered(order.placedOn, soldAt);
  const posted = refunds.filter(({ businessDay, at }) => sale || isCovered(businessDay, at));
  return {
    ...{ sale, refundIds: posted.map(({ refundId }) => refundId) },
    // Those who booked the sale correct it as well.
    correctionIds: sale ? corrections.map(({ correctionId }) => correctionId) : [],
  };
}

export const NOTHING_POSTED: Postings = { sale: false, refundIds: [], correctionIds: [] };
