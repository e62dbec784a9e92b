import { formatInstant } from '../../domain/kernel/instant.ts';
import { type KnownWebhook, webhookDecider } from '../../domain/webhooks/index.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type {
  ProviderFailure,
  ProviderResult,
  ProviderTransaction,
} from '../../ports/provider-client.ts';
import { type Recorded, recordTransaction } from './record-transaction.ts';
import { SEARCH_APP } from './search-provider.ts';
import { onEntity, type ProviderWork } from './webhook-work.ts';

/** How often a webhook is tried, and when: 10, 20, 40 s and so on. */
interface RetryPolicy {
  readonly maxRetries: number;
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Of what fails, or is not yet as the webhook says. */
export const FAILURE_RETRIES: RetryPolicy = {
  maxRetries: 5,
  initialMs: 10_000,
  maxMs: 3_600_000,
};
/** For an order that is not known: it can come a day later, from a till that was offline. */
export const EARLY_RETRIES: RetryPolicy = { ...FAILURE_RETRIES, maxRetries: 32 };

export interface WebhookStep {
  /** When to try again; absent once it is decided. */
  readonly againMs?: number;
}

type Outcome =
  Recorded | { readonly kind: 'failed'; readonly code: string; readonly afterMs?: number };

/**
 * Carries a webhook out: asks the provider about the entity and records what it says. A webhook is
 * a hint, signed or not; only the look-up leads to money. May run again at any time.
 * @param attempt From 1 in each round.
 * @throws what the storage throws.
 */
export async function processWebhook(
  work: ProviderWork,
  webhookId: string,
  attempt: number,
): Promise<WebhookStep> {
  const { commands, context } = work.sequence;
  const { state: webhook } = await commands.load(webhookDecider, context.storeId, webhookId);
  if (webhook.status !== 'open') return {};
  const outcome = await carriedOut(work, webhook);
  if (outcome.kind === 'done') {
    const { kind: _kind, ...result } = outcome;
    const data = { attempt, ...result };
    await onEntity(work, 'done', webhookDecider, webhookId, { type: 'FinishWebhook', data });
    return {};
  }
  return again(work, { webhookId, webhook, attempt, outcome });
}

interface Failed {
  readonly webhookId: string;
  readonly webhook: KnownWebhook;
  readonly attempt: number;
  readonly outcome: Exclude<Outcome, { kind: 'done' }>;
}

async function again(
  work: ProviderWork,
  { webhookId, webhook, attempt, outcome }: Failed,
): Promise<WebhookStep> {
  const { code } = outcome;
  const policy = code === 'order_unknown' ? EARLY_RETRIES : FAILURE_RETRIES;
  const { maxRetries, initialMs, maxMs } = policy;
  if (attempt > maxRetries) {
    await settle(work, webhookId, attempt, { code, isSigned: webhook.isSigned });
    return {};
  }
  const asked = outcome.kind === 'failed' ? (outcome.afterMs ?? 0) : 0;
  const againMs = Math.max(asked, Math.min(initialMs * 2 ** (attempt - 1), maxMs));
  const retryAt = formatInstant(work.sequence.clock.now() + againMs);
  const data = { attempt, code, retryAt };
  await onEntity(work, 'deferred', webhookDecider, webhookId, { type: 'DeferWebhook', data });
  return { againMs };
}

/**
 * After the last try. A payment that stays open gets a notice of its own when it ends, and a hint
 * about a payment that the provider does not have was none; anything else waits for a person.
 */
async function settle(
  work: ProviderWork,
  webhookId: string,
  attempt: number,
  { code, isSigned }: { readonly code: string; readonly isSigned: boolean },
): Promise<void> {
  const isNothing = code === 'not_at_provider' && !isSigned;
  const command =
    code === 'pending' || isNothing
      ? ({ type: 'FinishWebhook', data: { attempt, effect: 'not_paid' } } as const)
      : ({ type: 'ParkWebhook', data: { attempt, code } } as const);
  await onEntity(work, 'last', webhookDecider, webhookId, command);
}

/** Kinds of entities that are money at a provider. Others lead to nothing here. */
const MONEY = new Map([
  ['mercadopago', 'payment'],
  ['square', 'payment'],
]);

async function carriedOut(work: ProviderWork, webhook: KnownWebhook): Promise<Outcome> {
  const { provider, app, account, entityType, entityId, isSigned } = webhook;
  if (entityId === undefined || MONEY.get(provider) !== entityType) {
    return { kind: 'done', effect: 'none' };
  }
  const { storeId } = work.sequence.context;
  const opened = await work.connections.open(storeId, provider, 'high');
  if (opened.kind !== 'ok') return failed(opened);
  if (opened.value.account !== account) return { kind: 'failed', code: 'other_account' };
  const read = await opened.value.client.findTransaction(entityId);
  const outcome = readable(read);
  if (!('id' in outcome)) return outcome;
  const hinted = app === SEARCH_APP ? 'search' : 'lookup';
  const foundBy = isSigned ? 'notice' : hinted;
  return recordTransaction(work, { provider, transaction: outcome, foundBy });
}

/** A read can be older than the notice: what is not there, or still open, is looked at again. */
function readable(
  read: ProviderResult<ProviderTransaction | undefined>,
): ProviderTransaction | Exclude<Outcome, Recorded> {
  if (read.kind !== 'ok') return failed(read);
  if (read.value === undefined) return { kind: 'failed', code: 'not_at_provider' };
  return read.value.status === 'pending' ? { kind: 'failed', code: 'pending' } : read.value;
}

const failed = ({ code, afterMs }: ProviderFailure) =>
  ({ kind: 'failed', code, ...omitUndefined({ afterMs }) }) as const;
