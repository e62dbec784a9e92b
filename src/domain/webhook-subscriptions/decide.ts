import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { shortHash } from '../kernel/fingerprint.ts';
import { formatInstant, instantMs } from '../kernel/instant.ts';
import {
  DEFAULT_OVERLAP_HOURS,
  type WebhookSubscriptionCommand,
  webhookSubscriptionCommands,
} from './commands.ts';
import { MAX_SUBSCRIPTIONS, type WebhookSubscriptionEvent } from './events.ts';
import { evolve, type Subscription, type WebhookSubscriptions } from './state.ts';

const HOUR_MS = 3_600_000;
/** Failing so long after a first webhook was parked, without one that was taken, pauses it. */
export const PAUSE_AFTER_MS = 24 * HOUR_MS;
/** A receiver that refuses single events does not fill the stream with news about itself. */
const NOTED_AGAIN_AFTER_MS = 24 * HOUR_MS;
/** For the end, and for a pause, also of a full stream. */
const RESERVE = {
  events: 100,
  commands: ['RemoveSubscription', 'ChangeSubscription', 'NoteFailure', 'RotateSecret'],
} as const;

type DataOf<T extends WebhookSubscriptionCommand['type']> = Extract<
  WebhookSubscriptionCommand,
  { type: T }
>['data'];

/** The subscriptions of one shop, which are one aggregate: each event asks for all of them. */
export const webhookSubscriptionDecider: Decider<
  WebhookSubscriptions,
  WebhookSubscriptionCommand,
  WebhookSubscriptionEvent
> = {
  category: 'webhooksubscription',
  version: 1,
  reserve: RESERVE,
  initialState: { byId: {} },
  commands: webhookSubscriptionCommands,
  decide,
  evolve,
};

/** The entity: there is one for each shop. */
export const SUBSCRIPTIONS_ID = 'all';

/**
 * @throws NotFoundError webhook_subscription_not_found.
 * @throws DomainError too_many_webhook_subscriptions, webhook_subscription_exists.
 */
function decide(
  command: WebhookSubscriptionCommand,
  state: WebhookSubscriptions,
  context: CommandContext,
): readonly WebhookSubscriptionEvent[] {
  const { subscriptionId } = command.data;
  if (command.type === 'AddSubscription') return [added(command.data, state, context)];
  const known = state.byId[subscriptionId];
  if (command.type === 'NoteFailure') return known ? failed(command.data, known, context) : [];
  if (command.type === 'NoteSuccess') return known?.failing ? [recovered(known, context)] : [];
  if (!known) {
    const message = `there is no subscription ${subscriptionId}`;
    throw new NotFoundError('webhook_subscription_not_found', message);
  }
  switch (command.type) {
    case 'ChangeSubscription':
      return changed(command.data, known);
    case 'RotateSecret': {
      const { overlapHours = DEFAULT_OVERLAP_HOURS } = command.data;
      const previousUntil = formatInstant(instantMs(context.now) + overlapHours * HOUR_MS);
      const data = { subscriptionId, secretId: secretIdOf(context), previousUntil };
      return [{ type: 'WebhookSecretRotated', data }];
    }
    case 'RemoveSubscription':
      return [{ type: 'WebhookSubscriptionRemoved', data: { subscriptionId } }];
  }
}

/** Of this command alone, so that a repeat is shown the same secret. */
function secretIdOf({ entityId, commandId }: CommandContext): string {
  const text = `${entityId}.${commandId}`;
  return `${shortHash(text)}${shortHash(`${text.length}:${text}`)}`;
}

function added(
  { subscriptionId, url, events, description }: DataOf<'AddSubscription'>,
  { byId }: WebhookSubscriptions,
  context: CommandContext,
): WebhookSubscriptionEvent {
  if (byId[subscriptionId]) {
    const message = `there is a subscription ${subscriptionId} already`;
    throw new DomainError('webhook_subscription_exists', message);
  }
  if (Object.keys(byId).length >= MAX_SUBSCRIPTIONS) {
    const message = `expected at most ${MAX_SUBSCRIPTIONS} subscriptions of a shop`;
    throw new DomainError('too_many_webhook_subscriptions', message, { limit: MAX_SUBSCRIPTIONS });
  }
  const secretId = secretIdOf(context);
  const data = { subscriptionId, url, events: [...events], secretId };
  return {
    type: 'WebhookSubscriptionAdded',
    data: { ...data, ...omitUndefined({ description }) },
  };
}

/** Only what differs is recorded. */
function changed(
  { subscriptionId, url, events, description, active }: DataOf<'ChangeSubscription'>,
  known: Subscription,
): readonly WebhookSubscriptionEvent[] {
  const differs = omitUndefined({
    url: url === known.url ? undefined : url,
    events: events && [...events].join() !== known.events.join() ? [...events] : undefined,
    description: description === known.description ? undefined : description,
  });
  const found: WebhookSubscriptionEvent[] = [];
  if (Object.keys(differs).length > 0) {
    found.push({ type: 'WebhookSubscriptionChanged', data: { subscriptionId, ...differs } });
  }
  if (active === false && !known.paused) {
    found.push({
      type: 'WebhookSubscriptionPaused',
      data: { subscriptionId, cause: 'person' },
    });
  }
  if (active === true && known.paused) {
    found.push({ type: 'WebhookSubscriptionResumed', data: { subscriptionId } });
  }
  return found;
}

function failed(
  { subscriptionId, code, isGone }: DataOf<'NoteFailure'>,
  { paused, failing, recoveredAt }: Subscription,
  { now }: CommandContext,
): readonly WebhookSubscriptionEvent[] {
  if (paused) return [];
  const pausedFor = (cause: 'gone' | 'failing') =>
    [{ type: 'WebhookSubscriptionPaused', data: { subscriptionId, cause, code } }] as const;
  if (isGone) return pausedFor('gone');
  const nowMs = instantMs(now);
  if (failing) {
    return nowMs - instantMs(failing.since) >= PAUSE_AFTER_MS ? pausedFor('failing') : [];
  }
  if (recoveredAt !== undefined && nowMs - instantMs(recoveredAt) < NOTED_AGAIN_AFTER_MS) return [];
  return [{ type: 'WebhookSubscriptionFailing', data: { subscriptionId, since: now, code } }];
}

function recovered(
  { subscriptionId }: Subscription,
  { now: at }: CommandContext,
): WebhookSubscriptionEvent {
  return { type: 'WebhookSubscriptionRecovered', data: { subscriptionId, at } };
}
