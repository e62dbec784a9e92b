import {
  booksDecider,
  type BooksState,
  connectedAt,
  isSold,
  MAX_MISSING_AT_ONCE,
  NOTHING_POSTED,
  type Placed,
  type Postings,
  postingsOf,
  saleHistoryOf,
  translateSale,
} from '../../domain/books/index.ts';
import {
  type BooksContent,
  deliveryDecider,
  type PayoutContent,
} from '../../domain/deliveries/index.ts';
import { integrationDecider, type IntegrationEvent } from '../../domain/integrations/index.ts';
import { derivedId } from '../../domain/kernel/derived-id.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { canonicalJson, shortHash } from '../../domain/kernel/fingerprint.ts';
import { streamName } from '../../domain/kernel/names.ts';
import { type Order, orderDecider, type OrderEvent } from '../../domain/orders/index.ts';
import { dispatch, type Sequence } from '../../engine/commands/sequence.ts';

const PROVIDER = 'quickbooks';

/** The delivery of a sale, refund or correction: one for each, for ever. */
export const postingId = (kind: 'receipt' | 'refund' | 'correction', id: string): string =>
  derivedId({ entityId: kind, commandId: id });

/** Corrections are numbered within their order. */
export const correctionPosting = (orderId: string, correctionId: string): string =>
  postingId('correction', `${orderId}:${correctionId}`);

/** The delivery of a sale, or of one of its refunds or corrections. */
export function postingOf({ orderId, refundId, correctionId }: BooksContent): string {
  if (refundId !== undefined) return postingId('refund', refundId);
  return correctionId === undefined
    ? postingId('receipt', orderId)
    : correctionPosting(orderId, correctionId);
}

export interface PostingWork {
  readonly sequence: Sequence;
  /** All events of a stream, the oldest first. */
  readonly eventsOf: (stream: string) => Promise<readonly RecordedEvent[]>;
}

/**
 * Has a sale that is paid in full posted to the books with its refunds, where the shop is connected
 * with QuickBooks. What has no target of its own is put on the worklist. May run again at any time:
 * each is requested once.
 * @param refundId Only this one of its refunds.
 */
export async function requestPosting(
  work: PostingWork,
  orderId: string,
  refundId?: string,
): Promise<void> {
  const { sequence } = work;
  const { commands, context } = sequence;
  const { storeId } = context;
  const { state: connection } = await commands.load(integrationDecider, storeId, PROVIDER);
  if (connection.status === 'none') return;
  // What follows a sale that goes to the books goes there as well, once they are connected again.
  if (connection.status === 'disconnected' && !(await isRequested(sequence, orderId))) return;
  const { state: order } = await commands.load(orderDecider, storeId, orderId);
  if (order.status === 'none' || !isSold(order)) return;
  const { state: mapping } = await commands.load(booksDecider, storeId, PROVIDER);
  const { sale, refundIds, correctionIds } = await duePostings(work, orderId, mapping.firstDay);
  if (sale) {
    await noteMissing(sequence, order, mapping);
    await request(sequence, postingId('receipt', orderId), { orderId });
  }
  for (const each of refundIds) {
    if (refundId !== undefined && refundId !== each) continue;
    await request(sequence, postingId('refund', each), { orderId, refundId: each });
  }
  for (const each of correctionIds) {
    await request(sequence, correctionPosting(orderId, each), { orderId, correctionId: each });
  }
}

async function isRequested({ commands, context }: Sequence, orderId: string): Promise<boolean> {
  const id = postingId('receipt', orderId);
  const { state } = await commands.load(deliveryDecider, context.storeId, id);
  return state.status !== 'none';
}

async function duePostings(
  { sequence, eventsOf }: PostingWork,
  orderId: string,
  firstDay: string | undefined,
): Promise<Postings> {
  const { storeId } = sequence.context;
  const read = async <Event>(category: 'order' | 'integration', id: string) =>
    (await eventsOf(streamName(category, storeId, id))) as unknown as readonly Placed<Event>[];
  const history = saleHistoryOf(await read<OrderEvent>('order', orderId));
  if (!history) return NOTHING_POSTED;
  const connection = await read<IntegrationEvent>('integration', PROVIDER);
  return postingsOf(history, (at) => connectedAt(connection, at), firstDay);
}

/** The delivery of a payout. */
export const payoutPosting = (payoutId: string): string =>
  derivedId({ entityId: 'payout', commandId: payoutId });

export const requestPayout = (sequence: Sequence, content: PayoutContent) =>
  request(sequence, payoutPosting(content.payoutId), content);

/** Has the books brought to one right document. Each request of a person is one of its own. */
export async function requestSettlement(sequence: Sequence, content: BooksContent) {
  const deliveryId = derivedId({ entityId: 'settle', commandId: sequence.commandId });
  return { deliveryId, result: await request(sequence, deliveryId, content) };
}

function request(sequence: Sequence, id: string, content: BooksContent | PayoutContent) {
  return dispatch(sequence, `${id} post`, deliveryDecider, id, {
    type: 'RequestDelivery',
    data: {
      ...{ channel: 'books', priority: 'LOW', queue: 'books-posting', topic: 'books' },
      ...{ recipient: PROVIDER, content },
    },
  });
}

async function noteMissing(sequence: Sequence, order: Order, mapping: BooksState): Promise<void> {
  const { unmapped } = translateSale({ order, number: '' }, mapping);
  if (unmapped.length === 0) return;
  const { orderId } = order;
  const missing = unmapped.slice(0, MAX_MISSING_AT_ONCE).map((each) => ({ ...each }));
  // What is missing can change until the event is met again, and is then another command.
  const commandId = `${sequence.commandId} unmapped ${shortHash(canonicalJson(missing))}`;
  const command = { type: 'NoteMissingTargets', data: { orderId, missing } } as const;
  await dispatch(sequence, commandId, booksDecider, PROVIDER, command);
}
