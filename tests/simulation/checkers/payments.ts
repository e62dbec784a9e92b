import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { partsOf, streamName } from '../../../src/domain/kernel/names.ts';
import { left } from '../nodes/payment-provider.ts';
import type { CreateChecker, Fail } from './checker.ts';

type Data = Readonly<Record<string, unknown>>;

/** A payment through the provider, as the events say, summed without code of the product. */
export interface PaymentBook {
  readonly orderId: string;
  /** With the tip. */
  readonly requestedMinor: number;
  status: string;
  chargedMinor: number;
  appliedMinor: number | undefined;
  refundedMinor: number;
  readonly openRefunds: Map<string, number>;
  /** Ids of all refunds that were ever requested. */
  readonly refundIds: Set<string>;
  /** What the order recorded of it. */
  takenByOrderMinor: number;
}
export type PaymentBooks = Map<string, PaymentBook>;

const amountIn = (data: Data, field: string) => Number(data[field] ?? 0);

/** Books an event of a payment, and says which rule it breaks. */
export function bookPayment(books: PaymentBooks, event: RecordedEvent, fail: Fail): void {
  const { stream, type, revision } = event;
  const data = event.data as Data;
  if (type === 'PaymentRequested') {
    books.set(stream, {
      orderId: String(data['orderId']),
      requestedMinor: amountIn(data, 'amountMinor') + amountIn(data, 'tipMinor'),
      status: 'pending',
      chargedMinor: 0,
      appliedMinor: undefined,
      refundedMinor: 0,
      openRefunds: new Map(),
      refundIds: new Set(),
      takenByOrderMinor: 0,
    });
    return;
  }
  const book = books.get(stream);
  if (!book || type === 'CommandRefused') return;
  const say = (message: string) => fail('payment-once', `${stream} at ${revision}: ${message}`);
  move(book, type, data, say);
  if (book.refundedMinor > book.chargedMinor) {
    say(`${book.refundedMinor} went back of ${book.chargedMinor}`);
  }
}

function move(book: PaymentBook, type: string, data: Data, say: (message: string) => void): void {
  const refundId = String(data['refundId']);
  switch (type) {
    case 'PaymentChargeDeferred':
    case 'PaymentAccepted':
      book.status = 'pending';
      break;
    case 'PaymentOutcomeUnknown':
      book.status = 'unknown';
      break;
    case 'PaymentSucceeded':
      if (book.status === 'succeeded') say('succeeds again');
      book.status = 'succeeded';
      book.chargedMinor = amountIn(data, 'chargedMinor');
      break;
    case 'PaymentFailed':
      if (book.status === 'succeeded') say('fails after it succeeded');
      book.status = 'failed';
      break;
    case 'PaymentApplied':
      if (book.appliedMinor !== undefined) say('is given to its order again');
      book.appliedMinor = amountIn(data, 'appliedMinor');
      break;
    case 'PaymentRefundRequested':
      book.openRefunds.set(refundId, amountIn(data, 'amountMinor'));
      book.refundIds.add(refundId);
      break;
    case 'PaymentRefunded':
    case 'PaymentRefundFailed':
      if (!book.openRefunds.delete(refundId)) say(`ends the refund ${refundId}, which is not open`);
      if (type === 'PaymentRefunded') book.refundedMinor += amountIn(data, 'amountMinor');
      break;
    default:
  }
}

/** A fulfilment and what became of what it did. */
interface Fulfilled {
  readonly stream: string;
  /** Units of products that it needs. */
  readonly units: number;
  ended: string | undefined;
  /** It says that a person has to do something. */
  isForPerson: boolean;
  /** Charged to the account of its customer, less what went back to it; undefined: not so paid. */
  chargedMinor: number | undefined;
}

/** Rules of payments through the provider and of fulfilment, from the events and the provider. */
export const paymentRules: CreateChecker = ({ servers }, fail) => {
  const books: PaymentBooks = new Map();
  const fulfilments = new Map<string, Fulfilled>();
  const cancelled = new Set<string>();
  /** Orders that were cancelled before they were given their payment. */
  const refused = new Set<string>();
  /** Stock by product and what is done for the order: held, or left by a confirmation. */
  const held = new Map<string, Set<string>>();
  const out = new Map<string, number>();
  let seen = 0;

  function noteStock(type: string, storeId: string, data: Data): void {
    const [orderId] = String(data['reservationId']).split(':again');
    const order = `${storeId}.${orderId}`;
    const place = String(data['reservationId']) + String(data['productId']);
    if (type === 'StockReserved') held.set(order, (held.get(order) ?? new Set()).add(place));
    if (type === 'ReservationReleased') held.get(order)?.delete(place);
    if (type === 'ReservationConfirmed') {
      held.get(order)?.delete(place);
      out.set(order, (out.get(order) ?? 0) + amountIn(data, 'quantity'));
    }
    if (type !== 'StockReplenished') return;
    const back = /^order (\S+) was not fulfilled$/.exec(String(data['reference']))?.[1];
    const from = `${storeId}.${back}`;
    if (back !== undefined) out.set(from, (out.get(from) ?? 0) - amountIn(data, 'quantity'));
  }

  function noteOrder(event: RecordedEvent): void {
    const { type, stream } = event;
    const { storeId, parts } = partsOf(stream);
    const data = event.data as Data;
    const order = `${storeId}.${parts.join('.')}`;
    if (type === 'FulfilmentRequested') {
      const lines = data['lines'] as readonly { readonly quantity: string }[];
      const units = lines.reduce((sum, { quantity }) => sum + Number(quantity), 0);
      const chargedMinor = data['method'] === 'on_account' ? 0 : undefined;
      fulfilments.set(order, { stream, units, ended: undefined, isForPerson: false, chargedMinor });
    }
    if (type === 'OrderCancelled') cancelled.add(order);
    noteCharge(fulfilments.get(order), event);
    if (type !== 'OrderPaymentRecorded') return;
    const book = books.get(streamName('payment', storeId, String(data['paymentId'])));
    if (!book) return;
    if (book.takenByOrderMinor > 0) fail('payment-once', `${stream} takes a payment again`);
    book.takenByOrderMinor = amountIn(data, 'amountMinor') + amountIn(data, 'tipMinor');
  }

  /** A person may charge the account as well, or pay it back: the sum is what counts. */
  function noteCharge(fulfilled: Fulfilled | undefined, { type, data, metadata }: RecordedEvent) {
    if (fulfilled?.chargedMinor === undefined) return;
    const isOwn = metadata.commandId.includes('fulfilment');
    if (type === 'AccountChargeConfirmed' && isOwn) {
      fulfilled.chargedMinor += amountIn(data as Data, 'amountMinor');
    }
    if (type === 'OrderRefunded')
      fulfilled.chargedMinor -= amountIn(data as Data, 'toAccountMinor');
  }

  function notePayment(event: RecordedEvent): void {
    bookPayment(books, event, fail);
    const { orderId, paymentId } = event.data as Record<'orderId' | 'paymentId', string>;
    const order = `${event.metadata.storeId}.${orderId}`;
    const isOfFulfilment = paymentId === `${orderId}:fulfilment`;
    if (event.type !== 'PaymentApplied' || !isOfFulfilment) return;
    if (cancelled.has(order)) refused.add(order);
  }

  function noteProcess({ data, metadata, type }: RecordedEvent): void {
    const { process, instance, ended, waitsFor } = data as Record<string, string | undefined>;
    if (type !== 'ProcessReacted' || process !== 'fulfilment') return;
    const fulfilment = fulfilments.get(`${metadata.storeId}.${instance}`);
    if (!fulfilment) return;
    // A late payment opens it again until its money is back.
    fulfilment.ended = ended ?? (waitsFor === undefined ? fulfilment.ended : undefined);
    fulfilment.isForPerson = isForPerson(waitsFor);
  }

  function note(event: RecordedEvent): void {
    const { stream, type, metadata } = event;
    if (type === 'CommandRefused') return;
    const category = stream.slice(0, stream.indexOf('-'));
    if (category === 'payment') notePayment(event);
    if (category === 'stock') noteStock(type, metadata.storeId, event.data as Data);
    if (category === 'order') noteOrder(event);
    if (category === 'process') noteProcess(event);
  }

  /** What the shop believes of a payment is what the provider has. */
  function checkProvider(): void {
    const known = new Set<string>();
    for (const [stream, book] of books) {
      const attemptId = partsOf(stream).parts.join('.');
      known.add(attemptId);
      const theirs = servers.payments.payments.get(attemptId);
      if (theirs && theirs.amountMinor !== book.requestedMinor) {
        const found = `the provider was asked for ${theirs.amountMinor}`;
        fail('amount-as-asked', `${stream} is about ${book.requestedMinor}, ${found}`);
      }
      for (const refundId of theirs?.refunds.keys() ?? []) {
        if (book.refundIds.has(refundId)) continue;
        fail('provider-agrees', `nobody here asked for the refund ${refundId} of ${stream}`);
      }
      const theirsMinor = theirs?.isCharged ? theirs.amountMinor : 0;
      if (theirsMinor !== book.chargedMinor) {
        fail('provider-agrees', `${stream} is ${book.chargedMinor}, the provider: ${theirsMinor}`);
      }
      const oursMinor = book.chargedMinor - book.refundedMinor;
      const leftMinor = theirs ? left(theirs) : 0;
      if (leftMinor !== oursMinor) {
        fail('provider-agrees', `${stream} keeps ${oursMinor}, the provider: ${leftMinor}`);
      }
      if ((book.appliedMinor ?? 0) !== book.takenByOrderMinor) {
        const found = `${book.appliedMinor} of ${stream}`;
        fail('payment-once', `the order took ${book.takenByOrderMinor}, not ${found}`);
      }
    }
    for (const attemptId of servers.payments.payments.keys()) {
      if (!known.has(attemptId)) fail('provider-agrees', `nobody here asked for ${attemptId}`);
    }
  }

  /** Paid and gone, or all of it put back; never paid without stock in silence. */
  function checkFulfilment(order: string, fulfilled: Fulfilled): void {
    const { stream, units, ended, isForPerson } = fulfilled;
    const { storeId, parts } = partsOf(stream);
    const book = books.get(streamName('payment', storeId, `${parts.join('.')}:fulfilment`));
    const what = `${stream}, whose fulfilment is ${ended},`;
    const keptMinor = (book?.chargedMinor ?? 0) - (book?.refundedMinor ?? 0);
    const gone = out.get(order) ?? 0;
    const isGone = gone > 0;
    if ((held.get(order)?.size ?? 0) > 0) fail('fulfilment-ends', `${what} still holds stock`);
    if (fulfilled.chargedMinor !== undefined) {
      if (ended === 'completed' && gone !== units) {
        fail('fulfilment-ends', `${what} took ${gone} of ${units} from stock`);
      }
      if (ended === 'compensated' && (gone > 0 || fulfilled.chargedMinor > 0)) {
        fail('fulfilment-ends', `${what} keeps ${fulfilled.chargedMinor} and lost ${gone}`);
      }
      return;
    }
    if (ended === 'completed') {
      if (gone !== units) fail('fulfilment-ends', `${what} took ${gone} of ${units} from stock`);
      if (book?.status !== 'succeeded') fail('fulfilment-ends', `${what} has no payment`);
      // Cancelled later, what it did not take is excess, which people see.
      if (refused.has(order) && (isGone || keptMinor > 0)) {
        fail('fulfilment-ends', `${what} is cancelled, and ${keptMinor} is kept`);
      }
      return;
    }
    // A provider that refuses a refund keeps the money until a person settles it.
    const isAwaited = isForPerson && ended === undefined;
    if (isAwaited && keptMinor === 0) fail('fulfilment-ends', `${what} has no money to wait for`);
    if (!isAwaited && keptMinor > 0) fail('fulfilment-ends', `${what} keeps ${keptMinor}`);
    if (isGone) fail('fulfilment-ends', `${what} lost stock that did not come back`);
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
    },
    atEnd() {
      checkProvider();
      for (const [order, fulfilment] of fulfilments) checkFulfilment(order, fulfilment);
    },
  };
};

const PERSON = 'waits for a person';
const isForPerson = (waitsFor: string | undefined) => waitsFor?.startsWith('a person') === true;

/**
 * The first payment, notice or fulfilment that has not come to its end; undefined when all have, or wait
 * for a person.
 */
export function unfinished(recorded: readonly RecordedEvent[]): string | undefined {
  const books: PaymentBooks = new Map();
  const open = new Map<string, string>();
  const over = new Set<string>();
  const fulfilments = new Set<string>();
  for (const event of recorded) {
    const { type, data, metadata } = event;
    const { instance, process, ended, stage, waitsFor } = data as Record<
      string,
      string | undefined
    >;
    const name = `${process} of ${metadata.storeId} ${instance}`;
    if (type === 'FulfilmentRequested') {
      const { orderId } = data as { readonly orderId: string };
      const fulfilment = `fulfilment of ${metadata.storeId} ${orderId}`;
      fulfilments.add(fulfilment);
      open.set(fulfilment, 'requested');
    } else if (type === 'PaymentNoticeReceived') {
      const { noticeId } = data as { readonly noticeId: string };
      open.set(`payment-notices of ${metadata.storeId} ${noticeId}`, 'received');
    } else if (type === 'ProcessReacted') {
      if (ended !== undefined) over.add(name);
      // A late payment opens a fulfilment again.
      const isWaiting = ended === undefined && waitsFor !== undefined && fulfilments.has(name);
      const isOpenAgain = isWaiting && over.delete(name);
      if (over.has(name)) open.delete(name);
      else if (isOpenAgain || open.has(name)) {
        open.set(name, isForPerson(waitsFor) ? PERSON : String(stage));
      }
    }
    if (event.stream.startsWith('payment-')) bookPayment(books, event, () => undefined);
  }
  for (const [stream, { status, appliedMinor, openRefunds }] of books) {
    const isOver = status === 'failed' || (status === 'succeeded' && appliedMinor !== undefined);
    if (!isOver) return `${stream} is ${status}`;
    if (openRefunds.size > 0) return `${stream} has a refund on its way`;
  }
  const first = [...open].find(([, stage]) => stage !== PERSON);
  return first && `${first[0]} is at ${first[1]}`;
}
