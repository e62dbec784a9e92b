import {
  booksDecider,
  isSold,
  MAX_MISSING_AT_ONCE,
  translateSale,
} from '../../domain/books/index.ts';
import { deliveryDecider } from '../../domain/deliveries/index.ts';
import { integrationDecider } from '../../domain/integrations/index.ts';
import { derivedId } from '../../domain/kernel/derived-id.ts';
import { canonicalJson, shortHash } from '../../domain/kernel/fingerprint.ts';
import { type Order, orderDecider } from '../../domain/orders/index.ts';
import { dispatch, type Sequence } from '../../engine/commands/sequence.ts';

const PROVIDER = 'quickbooks';

/** The delivery of a sale or refund: one for each, for ever. */
export const postingId = (kind: 'receipt' | 'refund', id: string): string =>
  derivedId({ entityId: kind, commandId: id });

/**
 * Has a sale that is paid in full posted to the books, and each refund, where the shop is connected
 * with QuickBooks. What has no target of its own is put on the worklist. May run again at any time:
 * each is requested once.
 */
export async function requestPosting(
  sequence: Sequence,
  orderId: string,
  refundId?: string,
): Promise<void> {
  const { commands, context } = sequence;
  const { storeId } = context;
  const { state: connection } = await commands.load(integrationDecider, storeId, PROVIDER);
  if (connection.status === 'none' || connection.status === 'disconnected') return;
  const { state: order } = await commands.load(orderDecider, storeId, orderId);
  if (order.status === 'none') return;
  // Money that went back on an order that was never a sale, such as a cancelled one, is no refund
  // of anything in the books.
  if (!isSold(order)) return;
  if (refundId === undefined) await noteMissing(sequence, order);
  const id = refundId === undefined ? postingId('receipt', orderId) : postingId('refund', refundId);
  await dispatch(sequence, `${id} post`, deliveryDecider, id, {
    type: 'RequestDelivery',
    data: {
      ...{ channel: 'books', priority: 'LOW', queue: 'books-posting', topic: 'books' },
      recipient: PROVIDER,
      content: { orderId, ...(refundId !== undefined && { refundId }) },
    },
  });
}

async function noteMissing(sequence: Sequence, order: Order): Promise<void> {
  const { commands, context } = sequence;
  const { state: mapping } = await commands.load(booksDecider, context.storeId, PROVIDER);
  const { unmapped } = translateSale({ order, number: '' }, mapping);
  if (unmapped.length === 0) return;
  const { orderId } = order;
  const missing = unmapped.slice(0, MAX_MISSING_AT_ONCE).map((each) => ({ ...each }));
  // What is missing can change until the event is met again, and is then another command.
  const commandId = `${sequence.commandId} unmapped ${shortHash(canonicalJson(missing))}`;
  const command = { type: 'NoteMissingTargets', data: { orderId, missing } } as const;
  await dispatch(sequence, commandId, booksDecider, PROVIDER, command);
}
