import { instantMs } from '../../domain/kernel/instant.ts';
import type { Subscription } from '../../domain/webhook-subscriptions/index.ts';

export interface SubscriptionSecrets {
  /** The secret of that id: the same one for ever, in this installation only. */
  secretOf(storeId: string, subscriptionId: string, secretId: string): Promise<string>;
  /** Those that sign now, the newest first. */
  signing(storeId: string, subscription: Subscription, nowMs: number): Promise<readonly string[]>;
}

/**
 * Secrets that sign webhooks of subscriptions. They derive from a secret of the shop in the vault,
 * so none of them is stored: a subscription that was removed leaves nothing behind.
 */
export function createSubscriptionSecrets(
  derive: (storeId: string, text: string) => Promise<string>,
): SubscriptionSecrets {
  const secretOf: SubscriptionSecrets['secretOf'] = async (storeId, subscriptionId, secretId) => {
    const hex = await derive(storeId, `webhook-subscription\n${subscriptionId}\n${secretId}`);
    return `whsec_${Buffer.from(hex, 'hex').toString('base64')}`;
  };

  return {
    secretOf,
    signing(storeId, { subscriptionId, secretId, previous }, nowMs) {
      const isBoth = previous !== undefined && nowMs < instantMs(previous.until);
      const ids = isBoth ? [secretId, previous.secretId] : [secretId];
      return Promise.all(ids.map((id) => secretOf(storeId, subscriptionId, id)));
    },
  };
}
