import type { Provider } from '../../domain/kernel/providers.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../engine/projections/reads.ts';
import type { Webhook } from './document.ts';
import { webhookKey, webhooks } from './projection.ts';

/** A webhook must match all fields. */
export interface WebhookFilter {
  readonly provider?: Provider | undefined;
  readonly status?: Webhook['status'] | undefined;
  /** Ids at the provider. */
  readonly eventId?: string | undefined;
  readonly entityId?: string | undefined;
  readonly orderId?: string | undefined;
  /** The payment of this shop. */
  readonly paymentId?: string | undefined;
}

/** Webhooks of a shop, the newest first. */
export function listWebhooks(
  reads: Reads,
  filter: WebhookFilter,
  page: PageRequest,
): Promise<Page<Webhook>> {
  const query = { orderBy: 'receivedAt', direction: 'descending' } as const;
  return findPage(reads, webhooks.name, { where: wherePresent({ ...filter }), ...query }, page);
}

export async function findWebhook(
  reads: Reads,
  storeId: string,
  webhookId: string,
): Promise<Webhook | undefined> {
  return (await reads.get<Webhook>(webhooks.name, webhookKey(storeId, webhookId)))?.body;
}
