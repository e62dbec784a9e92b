import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import type { OrderEvent } from '../../../src/domain/orders/events.ts';
import { accountOf } from '../nodes/providers.ts';
import type { CreateChecker } from './checker.ts';

const POSTING = /^(receipt|refund|correction):(.+)$/;

const ENDED = new Set([
  ...['DeliverySucceeded', 'DeliveryParked', 'DeliveryCancelled', 'DeliveryExpired'],
]);

/**
 * A posting that is not there and waits for nobody, of a shop that is connected with its books, and
 * is tried again before that time.
 */
export function openPosting(
  recorded: readonly RecordedEvent[],
  nextTryMs: number,
): string | undefined {
  const open = new Map<string, string>();
  const connected = new Set<string>();
  for (const { stream, type, data, metadata } of recorded) {
    const { provider, status, deliveryId, channel, nextAttemptAt } = data as Record<
      string,
      unknown
    >;
    if (type === 'DeliveryRequested' && channel === 'books') {
      open.set(stream, `${metadata.storeId} ${String(deliveryId)}`);
    }
    if (ENDED.has(type)) open.delete(stream);
    if (typeof nextAttemptAt === 'string' && Date.parse(nextAttemptAt) > nextTryMs) {
      open.delete(stream);
    }
    if (type === 'DeliveryResent' && POSTING.test(String(deliveryId))) {
      open.set(stream, `${metadata.storeId} ${String(deliveryId)}`);
    }
    if (categoryOf(stream) !== 'integration' || provider !== 'quickbooks') continue;
    if (status === 'connected') connected.add(metadata.storeId);
    else if (status !== undefined) connected.delete(metadata.storeId);
  }
  return [...open.values()].find((name) => connected.has(name.split(' ')[0] ?? ''));
}

/** What an order comes to, apart from the rules of the product. */
interface Booked {
  readonly storeId: string;
  readonly orderId: string;
  totalMinor: number;
  paidMinor: number;
  soldMinor?: number;
}

/**
 * Rules of the books, with those of the provider as the witness (invariants 11 and 13): each sale
 * and refund is there once, with what it came to, and what counts as posted is there.
 */
export const postedBooksRules: CreateChecker = ({ servers }, fail) => {
  const { documents, deleted } = servers.providers.ledger;
  /** What an order came to at any time: a tip can change after its receipt. */
  const totals = new Map<string, Set<number>>();
  const refunds = new Map<string, number>();
  const latest = new Map<string, Booked>();
  const numbers = new Map<string, string>();
  let [seenEvents, seenDocuments] = [0, 0];

  function noteOrder({ metadata: { storeId }, ...event }: RecordedEvent): void {
    const { type, data } = event as unknown as OrderEvent;
    const order = `${storeId} ${data.orderId}`;
    if ('totals' in data) {
      totals.set(order, (totals.get(order) ?? new Set()).add(data.totals.totalMinor));
    }
    const known = latest.get(order) ?? {
      storeId,
      orderId: data.orderId,
      totalMinor: 0,
      paidMinor: 0,
    };
    if ('totals' in data) known.totalMinor = data.totals.totalMinor;
    if ('paidMinor' in data) known.paidMinor = data.paidMinor;
    // While it is open again, what it was sold for before counts.
    if (known.totalMinor === known.paidMinor) known.soldMinor = known.totalMinor;
    latest.set(order, known);
    if (type === 'OrderRefunded') {
      refunds.set(`${storeId} ${data.refundId}`, data.amountMinor + data.tipMinor);
    }
  }

  function noteDelivery({ stream, type, data, metadata: { storeId } }: RecordedEvent): void {
    if (type !== 'DeliverySucceeded') return;
    const { deliveryId, providerId } = data as { deliveryId: string; providerId?: string };
    const [, kind, id = ''] = POSTING.exec(deliveryId) ?? [];
    if (kind === undefined) return;
    const account = accountOf(storeId);
    const found = documents.find((each) => each.account === account && each.id === providerId);
    const [orderId = ''] = id.split(':');
    if (!found?.note.includes(`tillstream:order=${orderId}.`)) {
      fail('posted-is-there', `${stream} counts as posted, and the books do not have it`);
      return;
    }
    const isRight =
      kind === 'refund'
        ? refunds.get(`${storeId} ${id}`) === found.totalMinor
        : kind === 'correction' || totals.get(`${storeId} ${orderId}`)?.has(found.totalMinor);
    if (!isRight) fail('posted-to-the-cent', `${stream} is in the books with ${found.totalMinor}`);
  }

  function checkDocument({ account, number, id }: (typeof documents)[number]): void {
    const name = `${account} ${number}`;
    const other = numbers.get(name);
    if (other !== undefined) fail('posted-once', `${number} is there as ${other} and as ${id}`);
    numbers.set(name, id);
  }

  /** A sale with its corrections comes to what the order comes to, once all of it is posted. */
  function checkSums(): void {
    const waiting = new Set<string>();
    for (const { type, data, metadata } of servers.recorded) {
      const { deliveryId } = data as { readonly deliveryId?: string };
      const [, kind, id = ''] = POSTING.exec(deliveryId ?? '') ?? [];
      if (kind === undefined || kind === 'refund') continue;
      const name = `${metadata.storeId} ${id.split(':')[0]} ${deliveryId}`;
      if (type === 'DeliveryRequested') waiting.add(name);
      if (type === 'DeliverySucceeded') waiting.delete(name);
    }
    const open = new Set([...waiting].map((name) => name.split(' ').slice(0, 2).join(' ')));
    const sums = new Map<string, number>();
    for (const { account, note, entity, totalMinor } of [...documents, ...deleted]) {
      if (note.startsWith('Refund ')) continue;
      const orderId = /tillstream:order=(\S+?)\./.exec(note)?.[1] ?? '';
      const name = `${account} ${orderId}`;
      const sign = entity === 'RefundReceipt' ? -1 : 1;
      sums.set(name, (sums.get(name) ?? 0) + sign * totalMinor);
    }
    for (const [order, { soldMinor, storeId, orderId }] of latest) {
      const sum = sums.get(`${accountOf(storeId)} ${orderId}`);
      if (sum === undefined || open.has(order) || soldMinor === undefined) continue;
      if (sum !== soldMinor) {
        fail('corrected-to-the-cent', `${order} is sold for ${soldMinor}, and booked with ${sum}`);
      }
    }
  }

  return {
    atEnd: checkSums,
    onStep() {
      for (; seenEvents < servers.recorded.length; seenEvents++) {
        const event = servers.recorded[seenEvents];
        if (!event || event.type === 'CommandRefused') continue;
        const category = categoryOf(event.stream);
        if (category === 'order') noteOrder(event);
        if (category === 'delivery') noteDelivery(event);
      }
      for (; seenDocuments < documents.length; seenDocuments++) {
        const document = documents[seenDocuments];
        if (document) checkDocument(document);
      }
    },
  };
};
