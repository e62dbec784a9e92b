import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf, streamName } from '../../../src/domain/kernel/names.ts';
import { bodyOf, type HistoryEntry } from '../clients/history.ts';
import type { SimResponse } from '../nodes/api.ts';
import { type AccountBook, balanceOf, bookAccount } from './account-books.ts';
import type { CreateChecker } from './checker.ts';
import { bookDrawer, type DrawerBooks } from './drawers.ts';
import { bookOrder, type OrderBook, sumOf } from './order-books.ts';
import { bookPayment, type PaymentBook, type PaymentBooks } from './payments.ts';
import { bookStock, type StockBooks } from './stock.ts';

type Page = Readonly<Record<string, unknown>>;

/** Which status may follow which, as the requirements list them. */
const MAY_FOLLOW: Readonly<Record<string, string>> = {
  PENDING: 'PROCESSING PAYMENT_PENDING PAYMENT_FAILED CONFIRMED CANCELLED REFUNDED',
  PROCESSING: 'PAYMENT_PENDING PAYMENT_FAILED CONFIRMED CANCELLED REFUNDED',
  PAYMENT_PENDING: 'PAYMENT_FAILED CONFIRMED CANCELLED REFUNDED',
  PAYMENT_FAILED: 'PAYMENT_PENDING CONFIRMED CANCELLED REFUNDED',
  CONFIRMED: 'SHIPPED DELIVERED CANCELLED REFUNDED',
  SHIPPED: 'DELIVERED REFUNDED',
  DELIVERED: 'REFUNDED',
};

function orderPage({ totalMinor, paid, refunded }: OrderBook): Page {
  const paidMinor = sumOf(Object.values(paid));
  const refundedMinor = sumOf(Object.values(refunded));
  return { paidMinor, dueMinor: totalMinor - paidMinor, refundedMinor };
}

function accountPage(book: AccountBook): Page {
  const { creditMinor } = book;
  const balanceMinor = balanceOf(book);
  return { balanceMinor, creditMinor, owedMinor: balanceMinor + creditMinor };
}

function paymentPage({ status, chargedMinor, appliedMinor, refundedMinor }: PaymentBook): Page {
  return { status, chargedMinor, appliedMinor, refundedMinor };
}

/** The entity that a response is about. */
function streamOf(shop: string, body: Page): string {
  const { orderId, customerId, drawerId, productId, stockId, paymentId } = body;
  if (typeof paymentId === 'string') return streamName('payment', shop, paymentId);
  if (typeof orderId === 'string') return `order-${shop}.${orderId}`;
  if (typeof stockId === 'string') return streamName('stock', shop, stockId);
  if (typeof productId === 'string') return streamName('product', shop, productId);
  if (typeof drawerId === 'string') return `drawer-${shop}.${drawerId}`;
  return `account-${shop}.${String(customerId)}`;
}

/** Rules of answers and statuses: each is what the books said right after that very event. */
export const trueAnswerRules: CreateChecker = ({ servers, history }, fail) => {
  const orders = new Map<string, OrderBook>();
  const accounts = new Map<string, AccountBook>();
  const statuses = new Map<string, string>();
  const drawers: DrawerBooks = new Map();
  const stocks: StockBooks = new Map();
  const payments: PaymentBooks = new Map();
  const pages = new Map<string, Page>();
  const quiet = () => undefined;
  let seen = 0;

  function move(event: RecordedEvent): void {
    const { stream, type, revision } = event;
    if (type === 'OrderPlaced') statuses.set(stream, 'PENDING');
    if (type !== 'OrderStatusChanged' && type !== 'OrderCancelled') return;
    const { from, to = 'CANCELLED' } = event.data as { from: string; to?: string };
    const before = statuses.get(stream) ?? 'none';
    const what = `${stream} went from ${from} to ${to} at ${revision}`;
    if (from !== before) fail('legal-transitions', `${what}, while it was ${before}`);
    if (!(MAY_FOLLOW[from] ?? '').split(' ').includes(to)) fail('legal-transitions', what);
    statuses.set(stream, to);
  }

  function note(event: RecordedEvent): void {
    const { stream, revision } = event;
    const place = `${stream}@${revision}`;
    if (categoryOf(stream) === 'order') {
      move(event);
      bookOrder(orders, event, quiet);
      const book = orders.get(stream);
      const status = statuses.get(stream);
      if (book) pages.set(place, { ...orderPage(book), status });
    } else if (categoryOf(stream) === 'account') {
      bookAccount(accounts, event, quiet);
      const book = accounts.get(stream);
      if (book) pages.set(place, accountPage(book));
    } else if (categoryOf(stream) === 'stock') {
      const { onHand, reserved } = bookStock(stocks, event, quiet);
      pages.set(place, { onHand, reserved, available: onHand - reserved });
    } else if (categoryOf(stream) === 'product' && event.type !== 'CommandRefused') {
      const { name, priceMinor } = event.data as Page;
      pages.set(place, { name, priceMinor });
    } else if (categoryOf(stream) === 'payment') {
      bookPayment(payments, event, quiet);
      const book = payments.get(stream);
      if (book) pages.set(place, paymentPage(book));
    } else if (categoryOf(stream) === 'drawer') {
      bookDrawer(drawers, event, quiet);
      const book = drawers.get(stream);
      if (book) pages.set(place, { expectedMinor: book.expectedMinor, status: book.status });
    }
  }

  function check({ shop, operation, key }: HistoryEntry, answer: SimResponse): void {
    const body = bodyOf(answer);
    const { revision } = body;
    const stream = streamOf(shop, body);
    const page = pages.get(`${stream}@${String(revision)}`);
    const what = `${operation} ${key} was answered with ${stream} at ${String(revision)}`;
    if (!page) fail('answer-is-true', `${what}, which is not there`);
    for (const [field, value] of Object.entries(page ?? {})) {
      if (body[field] === value) continue;
      fail('answer-is-true', `${what}: ${field} ${String(body[field])}, not ${String(value)}`);
    }
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
    },
    atEnd() {
      for (const entry of history.entries) {
        for (const answer of [entry.answer, ...entry.repeats]) {
          if (answer && answer.status < 300) check(entry, answer);
        }
      }
    },
  };
};
