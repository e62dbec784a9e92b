import {
  booksDecider,
  type BooksDocument,
  isOneWay,
  isSold,
  type Placed,
  QUICKBOOKS_ENTITIES,
  quickBooksOf,
  refundOf,
  refusalText,
  saleHistoryOf,
  translateCorrection,
  translatePayout,
  type Translation,
} from '../../domain/books/index.ts';
import type { BooksContent, PayoutContent } from '../../domain/deliveries/index.ts';
import { TillstreamError } from '../../domain/kernel/errors.ts';
import type { OrderEvent } from '../../domain/orders/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type { OutgoingMessage, SendOutcome } from '../../ports/delivery-channel.ts';
import type { Digest } from '../../ports/digest.ts';
import type {
  BookedDocument,
  ProviderBooks,
  ProviderConnections,
  ProviderFailure,
} from '../../ports/provider-client.ts';
import { postDeposit } from './post-payout.ts';
import { settle } from './settle-document.ts';
import { correctionNumber, refundNumber, saleNumber, translate } from './translate.ts';

export interface PostingParts {
  readonly commands: Pick<CommandEngine, 'load'>;
  readonly connections: ProviderConnections;
  readonly digest: Digest;
  /** All events of an order. */
  readonly eventsOf: (storeId: string, orderId: string) => Promise<readonly Placed<OrderEvent>[]>;
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

async function attempt(parts: PostingParts, message: OutgoingMessage): Promise<SendOutcome> {
  const { storeId, recipient: provider, content, key } = message;
  const payout = content as BooksContent | PayoutContent;
  if ('payoutId' in payout) return attemptPayout(parts, payout, message);
  const posting = await postingOf(parts, storeId, content as BooksContent);
  if (!posting) return failed('permanent', 'order_not_found', 'There is no such order.');
  const { translation, number, isDue } = posting;
  const { settles } = content as BooksContent;
  if (translation.outcome === 'parked' && (settles === undefined || isDue)) {
    return failed('permanent', translation.code, translation.reason);
  }
  const opened = await parts.connections.open(storeId, provider, 'low');
  if (opened.kind !== 'ok') return failureOf(opened);
  const { books } = opened.value.client;
  if (!books) return failed('permanent', 'no_books', `${provider} keeps no books.`);
  const document = translation.outcome === 'document' ? translation.document : undefined;
  if (document && settles === undefined) return post(books, document, key);
  const of = { content: content as BooksContent, number, key, ...(document && { document }) };
  const settled = await settle(books, of);
  if (settled.kind !== 'ok') return failureOf(settled);
  return { outcome: 'accepted', ...(settled.value !== '' && { providerId: settled.value }) };
}

async function attemptPayout(
  { commands, connections }: PostingParts,
  payout: PayoutContent,
  { storeId, recipient: provider, key }: OutgoingMessage,
): Promise<SendOutcome> {
  const { state: mapping } = await commands.load(booksDecider, storeId, 'quickbooks');
  const deposit = translatePayout(payout, mapping);
  if (deposit.outcome === 'parked') return failed('permanent', deposit.code, deposit.reason);
  const opened = await connections.open(storeId, provider, 'low');
  if (opened.kind !== 'ok') return failureOf(opened);
  const { books } = opened.value.client;
  if (!books) return failed('permanent', 'no_books', `${provider} keeps no books.`);
  const booked = await postDeposit(books, deposit, payout.payoutId, key);
  if (booked.kind !== 'ok') return failureOf(booked);
  const { totalMinor } = deposit;
  return compared(booked.value, { totalMinor, number: `Payout ${payout.payoutId}` });
}

interface Posting {
  readonly translation: Translation;
  readonly number: string;
  /** Whether it belongs into the books; an order that was cancelled does not. */
  readonly isDue: boolean;
}

async function postingOf(
  { commands, digest, eventsOf }: PostingParts,
  storeId: string,
  { orderId, refundId, correctionId }: BooksContent,
): Promise<Posting | undefined> {
  const events = await eventsOf(storeId, orderId);
  const history = saleHistoryOf(events);
  if (!history) return undefined;
  const { order, sold = order } = history;
  const { state: mapping } = await commands.load(booksDecider, storeId, 'quickbooks');
  const source = order.source?.id;
  if (correctionId !== undefined) {
    const correction = history.corrections.find((each) => each.correctionId === correctionId);
    if (!correction) return undefined;
    const number = correctionNumber(digest, storeId, { orderId, correctionId, source });
    return {
      translation: translateCorrection({ correction, number }, mapping),
      ...{ number, isDue: isSold(order) },
    };
  }
  if (refundId === undefined) {
    return {
      // What changed later is in its corrections.
      translation: translate(digest, storeId, isSold(order) ? sold : order, mapping),
      number: saleNumber(digest, storeId, orderId, source),
      isDue: isSold(order),
    };
  }
  const refund = refundOf(events, refundId);
  if (!refund) return undefined;
  return {
    translation: translate(digest, storeId, order, mapping, refund),
    number: refundNumber(digest, storeId, { orderId, refundId, source }),
    isDue: isOneWay(refund),
  };
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
function compared(
  booked: BookedDocument,
  { totalMinor, number }: Pick<BooksDocument, 'totalMinor' | 'number'>,
): SendOutcome {
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
  const failure = failed(failureClass, `books_${name}`, refusalText(name));
  return afterMs === undefined ? failure : { ...failure, retryAfterMs: afterMs };
}

const failed = (failureClass: Failed['failureClass'], code: string, reason: string): Failed => ({
  ...{ outcome: 'failed', failureClass, code, reason: reason.slice(0, 500) },
});
