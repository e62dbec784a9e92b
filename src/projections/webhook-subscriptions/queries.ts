import { documentKey } from '../../domain/kernel/names.ts';
import type { Reads } from '../../engine/projections/reads.ts';
import type { WebhookSubscriptionsDocument } from './document.ts';
import { webhookSubscriptions } from './projection.ts';

/** The entity of the only document of a shop. */
const ENTITY = 'all';

/** The subscriptions of a shop, the oldest first. Revision -1: there never was one. */
export async function findSubscriptions(
  reads: Reads,
  storeId: string,
): Promise<WebhookSubscriptionsDocument> {
  const key = documentKey(storeId, ENTITY);
  const found = await reads.get<WebhookSubscriptionsDocument>(webhookSubscriptions.name, key);
  return found?.body ?? { items: [], revision: -1 };
}
