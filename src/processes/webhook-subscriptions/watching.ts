import { isSubscriptionDelivery } from '../../commands/webhook-subscriptions/request-webhook.ts';
import { deliveryDecider, type DeliveryEvent } from '../../domain/deliveries/index.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import {
  SUBSCRIPTIONS_ID,
  type WebhookSubscriptionCommand,
  webhookSubscriptionDecider,
} from '../../domain/webhook-subscriptions/index.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import { dispatch, stepId } from '../../engine/commands/sequence.ts';
import type { ProcessServices, StatelessProcess } from '../../engine/processes/process-manager.ts';
import { sequenceOf } from './following.ts';

const NAME = 'webhook-watching';
/** The receiver says that it is there no more. */
const GONE = 'webhook_410';
/** Of the subscription, not of its receiver. */
const PAUSED = 'subscription_paused';
const REMOVED = 'subscription_removed';
const EXPIRED = 'expired';

type Watched = Extract<
  DeliveryEvent,
  { type: 'DeliveryParked' | 'DeliveryExpired' | 'DeliverySucceeded' }
>;

/**
 * Notes whether receivers take their webhooks, so that a subscription that fails for long is
 * paused, and cancels what is left of one that was removed.
 */
export const webhookWatching: StatelessProcess = {
  name: NAME,
  categories: ['delivery'],
  eventTypes: ['DeliveryParked', 'DeliveryExpired', 'DeliverySucceeded'],
  startAt: 'head',
  async react(recorded, services) {
    const event = recorded as unknown as Watched;
    const { deliveryId } = event.data;
    if (!isSubscriptionDelivery(deliveryId)) return;
    try {
      await follow(recorded, event, services);
    } catch (error) {
      if (!isFinalRefusal(error)) throw error;
      services.logger.warn({ deliveryId, reason: String(error) }, 'webhook has no effect');
    }
  },
};

async function follow(
  recorded: RecordedEvent,
  event: Watched,
  services: ProcessServices,
): Promise<void> {
  const { storeId } = recorded.metadata;
  const { deliveryId } = event.data;
  const { state } = await services.commands.load(deliveryDecider, storeId, deliveryId);
  if (state.status === 'none') return;
  const sequence = sequenceOf(NAME, recorded, services);
  const code = codeOf(event);
  if (code === PAUSED) return;
  if (code === REMOVED) {
    const reason = 'The subscription was removed.';
    const command = { type: 'CancelDelivery', data: { reason } } as const;
    await dispatch(sequence, stepId(sequence, 'cancel'), deliveryDecider, deliveryId, command);
    return;
  }
  const { recipient: subscriptionId } = state.personal;
  const command: WebhookSubscriptionCommand =
    code === undefined
      ? { type: 'NoteSuccess', data: { subscriptionId } }
      : { type: 'NoteFailure', data: { subscriptionId, code, isGone: code === GONE } };
  const id = stepId(sequence, 'note');
  await dispatch(sequence, id, webhookSubscriptionDecider, SUBSCRIPTIONS_ID, command);
}

/** Why it was parked; undefined: it was taken. */
function codeOf(event: Watched): string | undefined {
  if (event.type === 'DeliverySucceeded') return undefined;
  return event.type === 'DeliveryParked' ? event.data.code : EXPIRED;
}
