import {
  type ApplyPayment,
  orderDecider,
  type OrderEvent,
  type OrderPaymentRecorded,
} from '../../../domain/orders/index.ts';
import type { FactFlag, TakenPayment } from '../../../domain/sync/index.ts';
import { entryOf } from '../../drawers/record-in-drawer.ts';
import { book, type Booked, type Booking, isError, rejectedBy } from './booking.ts';
import { recordCash } from './drawer-cash.ts';

interface Order {
  readonly orderId: string;
  readonly currency: string;
}

/**
 * Books a payment that was taken. The money is there, so no state of the order refuses it: what the
 * order does not need is flagged, and counts in the drawer all the same. A payment that comes again
 * in another fact counts once.
 */
export async function bookPayment(
  booking: Booking,
  order: Order,
  payment: TakenPayment,
): Promise<Booked> {
  // The cash that was handed over stays in the fact: change was given by what the till knew.
  const { tenderedMinor: _, tipMinor = 0, ...taken } = payment;
  const { currency, orderId } = order;
  const data = { ...taken, tipMinor, currency };
  const result = await book(booking, orderDecider, {
    entityId: orderId,
    commandId: `fact payment ${data.paymentId}`,
    command: { type: 'ApplyPayment', data },
  });
  if (!isError(result)) {
    const recorded = result.events.find(isPayment);
    return recorded ? booked(booking, data, recorded) : { flags: [] };
  }
  // The order takes nothing of it. Whatever is wrong with its form is wrong for any order.
  if (!TAKES_NOTHING.has(result.code)) return rejectedBy(result);
  const flags: FactFlag[] = ['payment-not-applied'];
  const cash = await untaken(booking, order, data, data.amountMinor + tipMinor);
  return { flags: [...flags, ...cash] };
}

/** Refusals that come from the state of the order, and not from the payment. */
const TAKES_NOTHING: ReadonlySet<string> = new Set([
  'order_fully_paid',
  'payment_exceeds_due',
  'order_closed',
  'illegal_transition',
]);

type Data = ApplyPayment['data'];

const isPayment = <E extends OrderEvent>(event: E): event is Extract<E, OrderPaymentRecorded> =>
  event.type === 'OrderPaymentRecorded';

async function booked(
  booking: Booking,
  data: Data,
  recorded: OrderPaymentRecorded,
): Promise<Booked> {
  const { orderId, amountMinor, roundingAddedMinor, currency } = recorded.data;
  const flags: FactFlag[] = [];
  const entry = entryOf(recorded);
  if (entry) flags.push(...(await recordCash(booking, entry)).flags);
  // A till may name what is due before it is rounded to the smallest coin: nothing exceeds it then.
  const isWhole = data.amountMinor === amountMinor - roundingAddedMinor;
  const excessMinor = isWhole ? 0 : data.amountMinor - amountMinor;
  if (excessMinor <= 0) return { flags };
  const rest = { ...data, paymentId: `${data.paymentId}~excess` };
  const cash = await untaken(booking, { orderId, currency }, rest, excessMinor);
  return { flags: [...flags, 'payment-exceeds-due', ...cash] };
}

/** Money that the order does not take is in the drawer nevertheless. */
async function untaken(
  booking: Booking,
  { orderId, currency }: Order,
  { paymentId: entryId, drawerId, method }: Data,
  amountMinor: number,
): Promise<readonly FactFlag[]> {
  if (drawerId === undefined) return [];
  const cashMinor = method === 'cash' ? amountMinor : 0;
  const amounts = { amountMinor, tipMinor: 0, cashMinor };
  const data = { entryId, kind: 'sale', orderId, method, currency, ...amounts } as const;
  return (await recordCash(booking, { drawerId, data })).flags;
}
