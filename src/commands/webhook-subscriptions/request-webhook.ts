import { deliveryDecider, type DeliveryPriority } from '../../domain/deliveries/index.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import { shortHash } from '../../domain/kernel/fingerprint.ts';
import { followUp } from '../../engine/commands/follow-up.ts';
import type { Sequence } from '../../engine/commands/sequence.ts';

export interface Webhook {
  readonly subscriptionId: string;
  /** What it is about, such as `order.placed`. */
  readonly topic: string;
  /** JSON. */
  readonly body: string;
  readonly priority: DeliveryPriority;
  /** Webhooks of one subscription and one entity are sent in order. */
  readonly entity?: string;
}

const PREFIX = 'event-';

const hashOf = (...parts: string[]) => {
  const text = JSON.stringify(parts);
  return `${shortHash(text)}${shortHash(`${text.length}:${text}`)}`;
};

/** Whether a delivery is a webhook of a subscription: its id says so. */
export const isSubscriptionDelivery = (deliveryId: string): boolean =>
  deliveryId.startsWith(PREFIX);

/** Has a webhook sent, once for the command id of the sequence and the subscription. */
export async function requestWebhook(
  sequence: Sequence,
  { subscriptionId, topic, body, priority, entity }: Webhook,
): Promise<string> {
  const { context, commandId, envelope } = sequence;
  const deliveryId = `${PREFIX}${hashOf(commandId, subscriptionId)}`;
  try {
    await followUp(sequence, deliveryDecider, {
      command: {
        type: 'RequestDelivery',
        data: {
          ...{ channel: 'subscription', priority, queue: 'event-webhooks', topic },
          ...(entity !== undefined && { orderKey: hashOf(subscriptionId, entity) }),
          recipient: subscriptionId,
          content: { body },
        },
      },
      creates: true,
      context: { ...context, entityId: deliveryId, commandId: deliveryId },
      ...envelope,
    });
  } catch (error) {
    // Requested before, by a version that wrote the body in another way.
    if (!(error instanceof DomainError) || error.code !== 'idempotency_key_reused') throw error;
  }
  return deliveryId;
}
