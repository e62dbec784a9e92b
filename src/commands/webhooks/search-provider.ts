import { formatInstant, instantMs } from '../../domain/kernel/instant.ts';
import { paymentDecider } from '../../domain/payments/index.ts';
import {
  MAX_IDLE_DAYS,
  searchDecider,
  type SearchedProvider,
  searchIdOf,
} from '../../domain/provider-searches/index.ts';
import { webhookDecider } from '../../domain/webhooks/index.ts';
import type { ProviderTransaction } from '../../ports/provider-client.ts';
import { receivedPaymentId } from './record-transaction.ts';
import { onEntity, type ProviderWork } from './webhook-work.ts';

/** The name of the app under which found payments are kept. */
export const SEARCH_APP = 'search';
export const SEARCH_EVERY_MS = 300_000;
/** While the shop is not connected. */
const IDLE_EVERY_MS = 3_600_000;
/** Clocks differ, and a provider can show a payment later than its time says. */
const OVERLAP_MS = 600_000;
const NO_BODY = '0'.repeat(64);

export interface SearchStep {
  /** Where the next search begins. */
  readonly since: string;
  readonly everyMs: number;
  /** Payments that were found. */
  readonly found: number;
  readonly isConnected: boolean;
}

/**
 * Lists what changed at the provider, and keeps a hint about each payment that is not recorded as
 * it is there. The hints are then carried out as those of webhooks are. Without a connection, or
 * with a provider that fails, the next search begins at the same time.
 */
export async function searchProvider(
  work: ProviderWork,
  provider: SearchedProvider,
  since: string,
): Promise<SearchStep> {
  const { context, clock } = work.sequence;
  const beganMs = clock.now();
  const opened = await work.connections.open(context.storeId, provider, 'low');
  if (opened.kind !== 'ok') {
    return { since, everyMs: IDLE_EVERY_MS, found: 0, isConnected: false };
  }
  const { account, client } = opened.value;
  const listed = await client.listChanges(instantMs(since));
  if (listed.kind !== 'ok') {
    return { since, everyMs: SEARCH_EVERY_MS, found: 0, isConnected: true };
  }
  const { transactions, isComplete } = listed.value;
  let found = 0;
  for (const transaction of transactions) {
    if (await isRecorded(work, provider, transaction)) continue;
    found += await keepHint(work, { provider, account, transaction });
  }
  const newest = transactions.at(-1)?.updatedAt ?? since;
  const next = isComplete ? formatInstant(beganMs - OVERLAP_MS) : newest;
  const isLater = next > since;
  return { since: isLater ? next : since, everyMs: SEARCH_EVERY_MS, found, isConnected: true };
}

/** Whether there is nothing to do about it, by what is recorded. */
async function isRecorded(
  work: ProviderWork,
  provider: SearchedProvider,
  { id, status, reference, refundedMinor }: ProviderTransaction,
): Promise<boolean> {
  if (status !== 'succeeded' || reference === undefined || reference === '') return true;
  const { commands, context } = work.sequence;
  for (const paymentId of [receivedPaymentId(provider, id), reference]) {
    const { state } = await commands.load(paymentDecider, context.storeId, paymentId);
    if (state.status !== 'succeeded' || state.transactionId !== id) continue;
    return state.refundedMinor >= refundedMinor;
  }
  return false;
}

interface Found {
  readonly provider: SearchedProvider;
  readonly account: string;
  readonly transaction: ProviderTransaction;
}

async function keepHint(
  work: ProviderWork,
  { provider, account, transaction }: Found,
): Promise<number> {
  const { id: entityId, updatedAt } = transaction;
  // A payment that changes again is found again.
  const eventId = `search-${entityId}-${instantMs(updatedAt)}`;
  const { events } = await onEntity(work, eventId, webhookDecider, `${provider}-${eventId}`, {
    type: 'ReceiveWebhook',
    data: {
      ...{ provider, app: SEARCH_APP, account, eventId, eventType: 'payment.found' },
      ...{ isKnown: true, isSigned: false, entityType: 'payment', entityId },
      ...{ occurredAt: updatedAt, bodySha256: NO_BODY },
    },
  });
  return events.length;
}

/** Begins the searches of a day, unless the shop has not been connected for long. */
export async function openSearchDay(
  work: ProviderWork,
  data: { provider: SearchedProvider; day: string; since: string; idleDays: number },
): Promise<void> {
  if (data.idleDays > MAX_IDLE_DAYS) return;
  const id = searchIdOf(data.provider, data.day);
  const command = { type: 'OpenProviderSearch', data } as const;
  await onEntity(work, 'open', searchDecider, id, command);
}

/** For a connection that begins: what was paid shortly before it is found too. */
export const sinceOf = (nowMs: number): string => formatInstant(nowMs - 3_600_000);
