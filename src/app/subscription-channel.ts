import type { SubscriptionSecrets } from '../commands/webhook-subscriptions/subscription-secrets.ts';
import type { WebhookContent } from '../domain/deliveries/index.ts';
import {
  type Subscription,
  SUBSCRIPTIONS_ID,
  TEST_EVENT,
  webhookSubscriptionDecider,
} from '../domain/webhook-subscriptions/index.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryChannel, SendOutcome } from '../ports/delivery-channel.ts';
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
    async send({ storeId, recipient: subscriptionId, content, key, reference, signal }) {
      const { body } = content as WebhookContent;
      const { state } = await commands.load(webhookSubscriptionDecider, storeId, SUBSCRIPTIONS_ID);
      const subscription = state.byId[subscriptionId];
      const refused = refusalOf(subscription, body);
      if (refused) return refused;
      const { url } = subscription as Subscription;
      const receiver = `${storeId} ${subscriptionId} ${url}`;
      return gates.through(receiver, async () => {
        const signing = await secrets.signing(storeId, subscription as Subscription, clock.now());
        return sender.post({ url, secrets: signing, key, reference, body, signal });
      });
    },
  };
}

function refusalOf(subscription: Subscription | undefined, body: string): SendOutcome | undefined {
  if (!subscription) {
    return refusal('subscription_removed', 'The subscription was removed.');
  }
  // A test shows whether it works, before it is resumed.
  const { type } = JSON.parse(body) as { readonly type?: unknown };
  if (!subscription.paused || type === TEST_EVENT) return undefined;
  const reason = 'The subscription is paused. Resume it, and retry the webhook.';
  return refusal('subscription_paused', reason);
}

const refusal = (code: string, reason: string): SendOutcome => ({
  ...{ outcome: 'failed', failureClass: 'permanent', code, reason },
});
