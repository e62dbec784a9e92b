import { InvariantError } from '../../../domain/kernel/errors.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import type { OrderEvent } from '../../../domain/orders/events.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { OrderRow } from './document.ts';

/** One small row per order, for lists with filters. */
export const orderList: Projection<OrderRow, OrderEvent> = {
  name: 'order-list',
  version: 3,
  collection: 'order-list',
  indexes: [
    { name: 'by_time', fields: ['placedAt'] },
    { name: 'by_status', fields: ['status', 'placedAt'] },
    { name: 'by_customer', fields: ['customerId', 'placedAt'] },
    { name: 'by_day', fields: ['businessDay', 'placedAt'] },
  ],
  feed: 'sales',
  ...perEntity<OrderEvent | CommandRefused>('order', {
    ignores: ({ type }) => type === 'CommandRefused' || type === 'StaleStatusReported',
  }),
  evolve(row, event) {
    const { revision, recordedAt: updatedAt } = event;
    if (event.type === 'OrderPlaced') {
      const { orderId, currency, totals, customerId, channel, source } = event.data;
      return {
        orderId,
        revision,
        status: 'PENDING',
        currency,
        totalMinor: totals.totalMinor,
        paidMinor: 0,
        dueMinor: totals.totalMinor,
        refundedMinor: 0,
        customerId: customerId ?? '',
        channel: channel ?? '',
        sourceId: source?.id ?? '',
        businessDay: event.data.businessDay,
        placedAt: event.data.placedAt,
        updatedAt,
      };
    }
    if (!row) throw new InvariantError('an order to be placed first', { type: event.type });
    return { ...row, ...change(row, event), revision, updatedAt };
  },
};

function change(row: OrderRow, event: OrderEvent): Partial<OrderRow> {
  switch (event.type) {
    case 'OrderStatusChanged':
      return { status: event.data.to };
    case 'OrderCancelled':
      return { status: 'CANCELLED' };
    case 'OrderPaymentRecorded':
    case 'OrderTipAdjusted': {
      const { totals, paidMinor, dueMinor } = event.data;
      return { totalMinor: totals.totalMinor, paidMinor, dueMinor };
    }
    case 'AccountChargeConfirmed':
      return { paidMinor: event.data.paidMinor, dueMinor: event.data.dueMinor };
    case 'OrderLineVoided':
    case 'OrderComped':
    case 'OrderChangedAtProvider': {
      const { totalMinor } = event.data.totals;
      return { totalMinor, dueMinor: totalMinor - row.paidMinor };
    }
    case 'OrderRefunded':
      return { refundedMinor: row.refundedMinor + event.data.amountMinor + event.data.tipMinor };
    default:
      return {};
  }
}
