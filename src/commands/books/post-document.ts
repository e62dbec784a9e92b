import {
  booksDecider,
  type BooksDocument,
  QUICKBOOKS_ENTITIES,
  quickBooksOf,
  type Translation,
} from '../../domain/books/index.ts';
import type { BooksContent } from '../../domain/deliveries/index.ts';
import { TillstreamError } from '../../domain/kernel/errors.ts';
import { orderDecider, type OrderRefunded } from '../../domain/orders/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type { OutgoingMessage, SendOutcome } from '../../ports/delivery-channel.ts';
import type { Digest } from '../../ports/digest.ts';
import type {
  BookedDocument,
  ProviderBooks,
  ProviderConnections,
  ProviderFailure,
} from '../../ports/provider-client.ts';
import { translate } from './translate.ts';

export interface PostingParts {
  readonly commands: Pick<CommandEngine, 'load'>;
  readonly connections: ProviderConnections;
  readonly digest: Digest;
  /** A refund among the events of its order. */
  readonly refundOf: (
    storeId: string,
    orderId: string,
    refundId: string,
  ) => Promise<OrderRefunded['data'] | undefined>;
}

type Failed = Extract<SendOutcome, { outcome: 'failed' }>;

/**
 * Posts a sale or refund, made from the order and the mapping as they are now. A document of its
 * number that the provider has already is the one: its answer to an earlier attempt was lost.
 */
export async function postDocument(
  parts: PostingParts,
  message: OutgoingMessage,
): Promise<SendOutcome> {
  try {
    return await attempt(parts, message);
  } catch (error) {
    if (!(error instanceof TillstreamError) || !error.retryable) throw error;
    return failed('retry', 'storage_unavailable', 'The storage of the shop does not answer.');
  }
}

async function attempt(
  parts: PostingParts,
  { storeId, recipient: provider, content, key }: OutgoingMessage,
): Promise<SendOutcome> {
  const translation = await translationOf(parts, storeId, content as BooksContent);
  if (!translation) return failed('permanent', 'order_not_found', 'There is no such order.');
  if (translation.outcome === 'parked') {
    return failed('permanent', translation.code, translation.reason);
  }
  const opened = await parts.connections.open(storeId, provider, 'low');
  if (opened.kind !== 'ok') return failureOf(opened);
  const { books } = opened.value.client;
  if (!books) return failed('permanent', 'no_books', `${provider} keeps no books.`);
  return post(books, translation.document, key);
}

async function translationOf(
  { commands, digest, refundOf }: PostingParts,
  storeId: string,
  { orderId, refundId }: BooksContent,
): Promise<Translation | undefined> {
  const { state: order } = await commands.load(orderDecider, storeId, orderId);
  if (order.status === 'none') return undefined;
  const { state: mapping } = await commands.load(booksDecider, storeId, 'quickbooks');
  if (refundId === undefined) return translate(digest, storeId, order, mapping);
  const refund = await refundOf(storeId, orderId, refundId);
  return refund && translate(digest, storeId, order, mapping, refund);
}

async function post(
  books: ProviderBooks,
  document: BooksDocument,
  key: string,
): Promise<SendOutcome> {
  const entity = QUICKBOOKS_ENTITIES[document.kind];
  const before = await books.find(entity, document.number);
  if (before.kind !== 'ok') return failureOf(before);
  if (before.value) return compared(before.value, document);
  const created = await books.create(entity, quickBooksOf(document), key);
  if (created.kind === 'ok') return compared(created.value, document);
  if (created.kind !== 'duplicate') return failureOf(created);
  const now = await books.find(entity, document.number);
  if (now.kind !== 'ok') return failureOf(now);
  return now.value ? compared(now.value, document) : failureOf({ ...created, kind: 'retry' });
}

/** What the provider says that it has is what counts. */
function compared(booked: BookedDocument, { totalMinor, number }: BooksDocument): SendOutcome {
  if (booked.totalMinor === totalMinor) return { outcome: 'accepted', providerId: booked.id };
  const found = `${number} is there as ${booked.id} with ${booked.totalMinor}`;
  return failed('permanent', 'total_mismatch', `The order comes to ${totalMinor}; ${found}.`);
}

function failureOf({ kind, code, afterMs }: ProviderFailure): Failed {
  const name = code
    .toLowerCase()
    .replace(/[^a-z0-9_.-]/g, '_')
    .slice(0, 50);
  const failureClass = kind === 'duplicate' ? 'retry' : kind;
  const reason = `The provider of the books did not take it: ${name}.`;
  const failure = failed(failureClass, `books_${name}`, reason);
  return afterMs === undefined ? failure : { ...failure, retryAfterMs: afterMs };
}

const failed = (failureClass: Failed['failureClass'], code: string, reason: string): Failed => ({
  ...{ outcome: 'failed', failureClass, code, reason: reason.slice(0, 500) },
});
