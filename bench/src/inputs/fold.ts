import type { BenchEvent } from './events.ts';

/** The read model of the replay rows: one document per stream. */
export interface OrderDocument {
  readonly orderId: string;
  readonly status: 'open' | 'closed';
  readonly customerId: string;
  readonly customerName: string;
  readonly channel: string;
  readonly currency: string;
  readonly businessDay: string;
  readonly lines: readonly {
    readonly lineId: string;
    readonly name: string;
    readonly quantity: number;
    readonly totalMinor: number;
  }[];
  readonly itemCount: number;
  readonly totalMinor: number;
  readonly paidMinor: number;
  readonly updatedAt: string;
}

/** The one fold that ours, the floor and the peer all run. */
export function foldOrder(
  document: OrderDocument | undefined,
  event: BenchEvent,
  recordedAt: string,
): OrderDocument | undefined {
  switch (event.type) {
    case 'BenchOrderOpened': {
      const { orderId, customer, channel, currency, businessDay } = event.data;
      return {
        orderId,
        status: 'open',
        customerId: customer.id,
        customerName: customer.name,
        channel,
        currency,
        businessDay,
        lines: [],
        itemCount: 0,
        totalMinor: 0,
        paidMinor: 0,
        updatedAt: recordedAt,
      };
    }
    case 'BenchLineAdded': {
      if (!document) return undefined;
      const { lineId, product, quantity, totalMinor } = event.data;
      return {
        ...document,
        lines: [...document.lines, { lineId, name: product.name, quantity, totalMinor }],
        itemCount: document.itemCount + quantity,
        totalMinor: document.totalMinor + totalMinor,
        updatedAt: recordedAt,
      };
    }
    case 'BenchOrderClosed':
      if (!document) return undefined;
      return {
        ...document,
        status: 'closed',
        paidMinor: event.data.payment.amountMinor,
        updatedAt: recordedAt,
      };
  }
}
