import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import type { OrderEvent } from '../../../src/domain/orders/events.ts';
import { accountOf } from '../nodes/providers.ts';
import type { CreateChecker } from './checker.ts';

const POSTING = /^(receipt|refund):(.+)$/;

/**
 * Rules of the books, with those of the provider as the witness (invariants 11 and 13): each sale
 * and refund is there once, with what it came to, and what counts as posted is there.
 */
export const postedBooksRules: CreateChecker = ({ servers }, fail) => {
  const { documents } = servers.providers.ledger;
  /** What an order came to at any time: a tip can change after its receipt. */
  const totals = new Map<string, Set<number>>();
  const refunds = new Map<string, number>();
  const numbers = new Map<string, string>();
  let [seenEvents, seenDocuments] = [0, 0];

  function noteOrder({ metadata: { storeId }, ...event }: RecordedEvent): void {
    const { type, data } = event as unknown as OrderEvent;
    const order = `${storeId} ${data.orderId}`;
    if ('totals' in data) {
      totals.set(order, (totals.get(order) ?? new Set()).add(data.totals.totalMinor));
    }
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
      kind === 'receipt'
        ? totals.get(`${storeId} ${orderId}`)?.has(found.totalMinor)
        : refunds.get(`${storeId} ${id}`) === found.totalMinor;
    if (!isRight) fail('posted-to-the-cent', `${stream} is in the books with ${found.totalMinor}`);
  }

  function checkDocument({ account, number, id }: (typeof documents)[number]): void {
    const name = `${account} ${number}`;
    const other = numbers.get(name);
    if (other !== undefined) fail('posted-once', `${number} is there as ${other} and as ${id}`);
    numbers.set(name, id);
  }

  return {
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
