import type { SubscriptionSecrets } from '../commands/webhook-subscriptions/subscription-secrets.ts';
import type { WebhookContent } from '../domain/deliveries/index.ts';
import { TillstreamError } from '../domain/kernel/errors.ts';
import {
  type Subscription,
  SUBSCRIPTIONS_ID,
  TEST_EVENT,
  webhookSubscriptionDecider,
} from '../domain/webhook-subscriptions/index.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryChannel, OutgoingMessage, SendOutcome } from '../ports/delivery-channel.ts';
import type { SignedWebhooks } from '../ports/webhook-sender.ts';
import { createReceiverGates } from './receiver-gates.ts';

/** Calls of systems of shops at one time. */
const MAX_CALLS = 20;

export interface SubscriptionChannelParts {
  readonly commands: Pick<CommandEngine, 'load'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly secrets: SubscriptionSecrets;
  readonly sender: SignedWebhooks;
}

/** Posts events to the systems of shops that follow them, at the address that they have now. */
export function subscriptionChannel(parts: SubscriptionChannelParts): DeliveryChannel {
  const { commands, clock, secrets, sender } = parts;
  const gates = createReceiverGates(clock);

  return {
    name: 'subscription',
    maxConcurrent: MAX_CALLS,
    async send(message) {
      try {
        return await post(message);
      } catch (error) {
        if (!(error instanceof TillstreamError) || !error.retryable) throw error;
        return failure('retry', 'storage_unavailable', 'The storage does not answer.');
      }
    },
  };

  async function post(message: OutgoingMessage): Promise<SendOutcome> {
    const { storeId, recipient: subscriptionId, content, key, reference, signal } = message;
    const { body } = content as WebhookContent;
    const { state } = await commands.load(webhookSubscriptionDecider, storeId, SUBSCRIPTIONS_ID);
    const subscription = state.byId[subscriptionId];
    if (!subscription) {
      return failure('permanent', 'subscription_removed', 'The subscription was removed.');
    }
    if (isHeld(subscription, body)) return failure('permanent', 'subscription_paused', PAUSED);
    const signing = await secrets.signing(storeId, subscription, clock.now());
    const { url } = subscription;
    return gates.through(`${storeId} ${subscriptionId} ${url}`, () =>
      sender.post({ url, secrets: signing, key, reference, body, signal }),
    );
  }
}

const PAUSED = 'The subscription is paused. Resume it, and retry the webhook.';

/** A test shows whether a paused one works, before it is resumed. */
function isHeld({ paused }: Subscription, body: string): boolean {
  const { type } = JSON.parse(body) as { readonly type?: unknown };
  return paused !== undefined && type !== TEST_EVENT;
}

const failure = (
  failureClass: 'retry' | 'permanent',
  code: string,
  reason: string,
): SendOutcome => ({ outcome: 'failed', failureClass, code, reason });
