import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import type { OrderEvent } from '../../../src/domain/orders/events.ts';
import type { CreateChecker } from './checker.ts';

const POSTING = /^(receipt|refund|correction):(.+)$/;
const SOLD = new Set<string>(['CONFIRMED', 'SHIPPED', 'DELIVERED', 'REFUNDED']);

/** An order as its events show it, apart from the rules of the product. */
interface Told {
  readonly day: string;
  status: string;
  totalMinor: number;
  paidMinor: number;
  pending: number;
  /** Whether the shop was connected with its books as it was sold. Absent: it was not sold. */
  soldConnected?: boolean;
  readonly refunds: string[];
}

/**
 * What goes to the books: sales since the connection, or since the day that the owner chose, and
 * with each sale all its refunds.
 */
export const requestedPostingRules: CreateChecker = ({ servers }, fail) => {
  const orders = new Map<string, Told>();
  const connected = new Set<string>();
  const everEnded = new Set<string>();
  const firstDays = new Map<string, string[]>();
  const requested = new Set<string>();
  let seen = 0;

  function noteOrder({ metadata: { storeId }, ...event }: RecordedEvent): void {
    const { type, data } = event as unknown as OrderEvent;
    const name = `${storeId} ${data.orderId}`;
    if (type === 'OrderPlaced') {
      const { businessDay: day, totals } = data;
      const told = { day, status: 'PENDING', totalMinor: totals.totalMinor };
      orders.set(name, { ...told, paidMinor: 0, pending: 0, refunds: [] });
    }
    const order = orders.get(name);
    if (!order) return;
    if ('totals' in data) order.totalMinor = data.totals.totalMinor;
    if ('paidMinor' in data) order.paidMinor = data.paidMinor;
    if (type === 'OrderStatusChanged') order.status = data.to;
    if (type === 'OrderCancelled') order.status = 'CANCELLED';
    if (type === 'AccountChargeRequested') order.pending += 1;
    if (type === 'AccountChargeConfirmed' || type === 'AccountChargeRejected') order.pending -= 1;
    if (type === 'OrderRefunded') order.refunds.push(data.refundId);
    const isPaid = order.totalMinor === order.paidMinor && order.pending === 0;
    if (SOLD.has(order.status) && isPaid) order.soldConnected ??= connected.has(storeId);
  }

  function noteConnection({ data, metadata: { storeId } }: RecordedEvent): void {
    const { provider, status } = data as { readonly provider: string; readonly status: string };
    if (provider !== 'quickbooks') return;
    if (status === 'disconnected') {
      connected.delete(storeId);
      everEnded.add(storeId);
    } else connected.add(storeId);
  }

  function noteRequest({ data, metadata: { storeId } }: RecordedEvent): void {
    const { deliveryId } = data as { readonly deliveryId: string };
    const [, kind, id = ''] = POSTING.exec(deliveryId) ?? [];
    if (kind === undefined) return;
    requested.add(`${storeId} ${kind} ${id}`);
    if (kind !== 'receipt') return;
    const order = orders.get(`${storeId} ${id}`);
    const days = firstDays.get(storeId) ?? [];
    const isChosen = order !== undefined && days.some((day) => day <= order.day);
    if (order?.soldConnected === true || isChosen) return;
    fail('posted-since-connected', `${deliveryId} was sold before the shop kept its books there`);
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) {
        const event = servers.recorded[seen];
        if (!event || event.type === 'CommandRefused') continue;
        const category = categoryOf(event.stream);
        if (category === 'order') noteOrder(event);
        if (category === 'integration') noteConnection(event);
        if (event.type === 'DeliveryRequested') noteRequest(event);
        if (event.type !== 'BooksStartChosen') continue;
        const { storeId } = event.metadata;
        const { firstDay } = event.data as { readonly firstDay: string };
        firstDays.set(storeId, [...(firstDays.get(storeId) ?? []), firstDay]);
      }
    },
    atEnd() {
      for (const [name, { refunds }] of orders) {
        const [storeId = '', orderId = ''] = name.split(' ');
        // While there is no connection, or another first day, nothing is requested.
        if (everEnded.has(storeId) || firstDays.has(storeId)) continue;
        if (!requested.has(`${storeId} receipt ${orderId}`)) continue;
        const lost = refunds.find((id) => !requested.has(`${storeId} refund ${id}`));
        if (lost !== undefined) fail('refunds-with-sale', `${lost} does not go to the books`);
      }
    },
  };
};
