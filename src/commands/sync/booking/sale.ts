import {
  initialOrderState,
  orderDeciderWith,
  type OrderEvent,
  type OrderPlaced,
  type PlaceOrder,
} from '../../../domain/orders/index.ts';
import type { FactFlag, SaleCreated } from '../../../domain/sync/index.ts';
import {
  book,
  type Booked,
  type Booking,
  bookingContext,
  isError,
  rejectedBy,
  tryRules,
} from './booking.ts';
import { bookNumber } from './fiscal.ts';
import { bookPayment } from './payment.ts';

/** Names and prices are those of the receipt: what was promised was paid. */
const decider = orderDeciderWith({ products: new Map(), mayOverridePrices: true, isSold: true });

const isPlaced = (event: OrderEvent): event is OrderPlaced => event.type === 'OrderPlaced';

/**
 * Books a sale: its order, then each of its payments. It depends on nothing else. Only a sale that
 * does not add up, or one whose order id another order has, is rejected.
 */
export async function bookSale(booking: Booking, sale: SaleCreated): Promise<Booked> {
  const { orderId, totalMinor, payments = [], fiscal, ...placed } = sale;
  const command = { type: 'PlaceOrder', data: placed satisfies PlaceOrder['data'] } as const;
  const commandId = `fact ${booking.fact.id}`;
  const context = bookingContext(booking, orderId, commandId);
  const decided = tryRules(() => decider.decide(command, initialOrderState, context));
  if (isError(decided)) return rejectedBy(decided);
  const foundMinor = decided.find(isPlaced)?.data.totals.totalMinor;
  if (foundMinor !== totalMinor) {
    const detail = `expected totalMinor ${String(foundMinor)} of the lines, found ${totalMinor}`;
    return { rejected: { code: 'total_mismatch', detail } };
  }
  const result = await book(booking, decider, { entityId: orderId, commandId, command });
  if (isError(result)) return rejectedBy(result);
  const flags: FactFlag[] = [];
  for (const payment of payments) {
    const { currency } = placed;
    const booked = await bookPayment(booking, { orderId, currency }, payment);
    // The sale stands: a payment that cannot be read is flagged, and the amount stays due.
    flags.push(...('flags' in booked ? booked.flags : (['payment-not-applied'] as const)));
  }
  if (fiscal) {
    const booked = await bookNumber(booking, fiscal, orderId);
    flags.push(...('flags' in booked ? booked.flags : (['number-not-granted'] as const)));
  }
  return { flags: [...new Set(flags)] };
}
