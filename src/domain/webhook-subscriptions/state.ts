import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { PauseCause, WebhookSubscriptionEvent } from './events.ts';
import type { FollowedEventName } from './followed-events.ts';

export interface Subscription {
  readonly subscriptionId: string;
  readonly url: string;
  readonly events: readonly FollowedEventName[];
  readonly description?: string;
  readonly secretId: string;
  /** The secret before this one, which signs as well for a while. */
  readonly previous?: { readonly secretId: string; readonly until: string };
  /** Set while it sends nothing. */
  readonly paused?: { readonly cause: PauseCause; readonly code?: string };
  /** Set from the first parked webhook to the next one that is taken. */
  readonly failing?: { readonly since: string; readonly code: string };
  readonly recoveredAt?: string;
}

export interface WebhookSubscriptions {
  readonly byId: Readonly<Record<string, Subscription>>;
}

export function evolve(
  { byId }: WebhookSubscriptions,
  event: WebhookSubscriptionEvent,
): WebhookSubscriptions {
  const { subscriptionId } = event.data;
  if (event.type === 'WebhookSubscriptionAdded') {
    return { byId: { ...byId, [subscriptionId]: event.data } };
  }
  const { [subscriptionId]: known, ...others } = byId;
  if (!known || event.type === 'WebhookSubscriptionRemoved') return { byId: others };
  return { byId: { ...byId, [subscriptionId]: evolveOne(known, event) } };
}

type Later = Exclude<
  WebhookSubscriptionEvent,
  { type: 'WebhookSubscriptionAdded' | 'WebhookSubscriptionRemoved' }
>;

function evolveOne(known: Subscription, event: Later): Subscription {
  switch (event.type) {
    case 'WebhookSubscriptionChanged':
      return { ...known, ...event.data };
    case 'WebhookSecretRotated': {
      const { secretId, previousUntil } = event.data;
      const previous = { secretId: known.secretId, until: previousUntil };
      return { ...known, secretId, previous };
    }
    case 'WebhookSubscriptionPaused': {
      const { cause, code } = event.data;
      return { ...known, paused: { cause, ...omitUndefined({ code }) } };
    }
    case 'WebhookSubscriptionResumed': {
      // What failed before the pause says nothing about what comes after it.
      const { paused: _paused, failing: _failing, recoveredAt: _at, ...resumed } = known;
      return resumed;
    }
    case 'WebhookSubscriptionFailing': {
      const { since, code } = event.data;
      return { ...known, failing: { since, code } };
    }
    case 'WebhookSubscriptionRecovered': {
      const { failing: _failing, ...rest } = known;
      return { ...rest, recoveredAt: event.data.at };
    }
  }
}
