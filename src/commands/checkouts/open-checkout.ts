import { type Checkout, checkoutDecider } from '../../domain/checkouts/index.ts';
import { backoffMs } from '../../lib/backoff.ts';
import type {
  CheckoutPage,
  ProviderConnection,
  ProviderResult,
} from '../../ports/provider-client.ts';
import { onEntity, type ProviderWork } from '../webhooks/webhook-work.ts';

const BACKOFF = { initialMs: 1_000, maxMs: 600_000, jitter: [0.5, 1] } as const;
/** About a day. A page that is asked for so long ago is no longer waited for. */
export const MAX_CHECKOUT_TRIES = 150;

export interface CheckoutStep {
  /** When to try again; absent once the provider has the page, or refuses it. */
  readonly againMs?: number;
}

/**
 * Asks the provider for the page of a checkout. A page that an earlier try made, whose answer was
 * lost, is found by its reference. May run again at any time.
 * @param tries How often it ran before.
 */
export async function openCheckout(
  work: ProviderWork,
  checkoutId: string,
  tries: number,
): Promise<CheckoutStep> {
  const { commands, context } = work.sequence;
  const { state } = await commands.load(checkoutDecider, context.storeId, checkoutId);
  if (state.status !== 'requested') return {};
  const opened = await work.connections.open(context.storeId, state.provider);
  const page = opened.kind === 'ok' ? await pageOf(opened.value, state, context.storeId) : opened;
  if (page.kind === 'ok') {
    const command = { type: 'OpenCheckout', data: page.value } as const;
    await onEntity(work, 'opened', checkoutDecider, checkoutId, command);
    return {};
  }
  if (page.kind === 'permanent' || tries >= MAX_CHECKOUT_TRIES) {
    const command = { type: 'FailCheckout', data: { code: page.code } } as const;
    await onEntity(work, 'failed', checkoutDecider, checkoutId, command);
    return {};
  }
  const againMs = Math.ceil(backoffMs(BACKOFF, tries, work.random()));
  return { againMs: Math.max(againMs, page.afterMs ?? 0) };
}

async function pageOf(
  { client: { checkouts }, publicUrl, webhookUrl }: ProviderConnection,
  { checkoutId, amountMinor, currency, title }: Checkout,
  storeId: string,
): Promise<ProviderResult<CheckoutPage>> {
  if (!checkouts) return { kind: 'permanent', code: 'no_checkouts' };
  const found = await checkouts.find(checkoutId);
  if (found.kind !== 'ok') return found;
  if (found.value) return { kind: 'ok', value: found.value };
  const path = `/checkout-returns/${storeId}/${encodeURIComponent(checkoutId)}`;
  return checkouts.create({
    ...{ reference: checkoutId, title, amountMinor, currency },
    ...(publicUrl !== '' && { returnUrl: `${publicUrl}${path}` }),
    ...(webhookUrl !== undefined && { webhookUrl }),
  });
}
