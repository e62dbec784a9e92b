import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { OrderEvent } from '../../../src/domain/orders/events.ts';
import type { SquareSale } from '../clients/square-sales.ts';
import type { CreateChecker } from './checker.ts';

/** What the log has of an imported order. */
interface Booked {
  version: number | undefined;
  totalMinor: number;
  /** Whether a later version was refused: it changed here as well. */
  isRefused: boolean;
  readonly paid: Record<string, number>;
  readonly refunds: number[];
  status: string;
}

/**
 * Orders of Square: each is here once, whole, in its newest version, with its payments and refunds
 * (invariants 3, 13).
 */
export const importedOrderRules: CreateChecker = ({ servers, orderImporter }, fail) => {
  const byStream = new Map<string, Booked>();
  const streams = new Map<string, string>();
  let booked = 0;

  function book(event: RecordedEvent): void {
    const { type, data } = event as unknown as OrderEvent;
    if (type === 'OrderPlaced' && data.source) {
      const { id, version } = data.source;
      const other = streams.get(`${event.metadata.storeId} ${id}`);
      if (other !== undefined) fail('order-import-once', `${id}: ${other} and ${event.stream}`);
      streams.set(`${event.metadata.storeId} ${id}`, event.stream);
      const { totalMinor } = data.totals;
      byStream.set(event.stream, {
        ...{ version, totalMinor, paid: {}, refunds: [], status: 'PENDING', isRefused: false },
      });
    }
    const order = byStream.get(event.stream);
    if (!order) return;
    if (event.type === 'CommandRefused') {
      const { command } = event.data as { readonly command: string };
      order.isRefused ||= command === 'FollowProvider';
      return;
    }
    if ('totals' in data) order.totalMinor = data.totals.totalMinor;
    if (type === 'OrderChangedAtProvider') {
      const { version } = data.source;
      if ((version ?? 0) <= (order.version ?? 0)) {
        fail('order-import-follows', `${event.stream} goes from v${order.version} to v${version}`);
      }
      order.version = version;
    }
    if (type === 'OrderTipAdjusted') {
      order.paid[data.paymentId] = (order.paid[data.paymentId] ?? 0) + data.tipAddedMinor;
    }
    if (type === 'OrderPaymentRecorded') {
      const { paymentId, amountMinor, tipMinor } = data;
      if (paymentId in order.paid) fail('order-import-once', `${paymentId} is recorded twice`);
      order.paid[paymentId] = amountMinor + tipMinor;
    }
    if (type === 'OrderRefunded') order.refunds.push(data.amountMinor + data.tipMinor);
    if (type === 'OrderStatusChanged') order.status = data.to;
    if (type === 'OrderCancelled') order.status = 'CANCELLED';
  }

  function compare(storeId: string, id: string, versions: readonly SquareSale[]): void {
    const order = byStream.get(streams.get(`${storeId} ${id}`) ?? '');
    const sale = versions.find(({ version }) => version === order?.version);
    if (!order || !sale) {
      fail('order-import-whole', `${id} is not here, though its import was answered`);
      return;
    }
    const newest = Math.max(...versions.map(({ version }) => version));
    if (order.version !== newest && !order.isRefused) {
      fail('order-import-follows', `${id} is here as v${order.version}, and there as v${newest}`);
      return;
    }
    const { totalMinor, paid, refunds } = sale;
    // An open order can be paid here as well, or by a payment that a webhook reported.
    const imported = Object.entries(order.paid).filter(([each]) =>
      each.startsWith(`${id}-tender-`),
    );
    const isPaidHere = imported.length < Object.keys(order.paid).length;
    const status = isPaidHere ? order.status : sale.status;
    const found = { totalMinor: order.totalMinor, paid: Object.fromEntries(imported) };
    const here = JSON.stringify({ ...found, refunds: order.refunds, status: order.status });
    const there = JSON.stringify({ totalMinor, paid, refunds, status });
    if (here !== there) fail('order-import-whole', `${id} is ${here}, and at Square ${there}`);
  }

  return {
    onStep() {
      for (; booked < servers.recorded.length; booked++) {
        const event = servers.recorded[booked];
        if (event?.stream.startsWith('order-')) book(event);
      }
    },
    atEnd() {
      const { sent, shop } = orderImporter;
      const ids = new Set(sent.map(({ id }) => id));
      for (const id of ids)
        compare(
          shop,
          id,
          sent.filter((sale) => sale.id === id),
        );
    },
  };
};
