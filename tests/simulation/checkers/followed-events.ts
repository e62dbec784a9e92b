import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { followedName } from '../../../src/domain/webhook-subscriptions/index.ts';
import { receiverOf } from '../clients/follower.ts';
import type { TakenMessage } from '../nodes/mail.ts';
import { markOf, SHOPS } from '../nodes/shops.ts';
import type { CreateChecker } from './checker.ts';

interface Body {
  readonly data: {
    readonly eventId?: string;
    readonly storeId: string;
    readonly revision: number;
    readonly orderId?: string;
    readonly customerId?: string;
  };
}

interface Added {
  readonly subscriptionId: string;
  readonly url: string;
  readonly events: readonly string[];
}

interface Requested {
  readonly channel: string;
  readonly personal: {
    readonly recipient: string;
    readonly content: { readonly body?: string };
  };
}

/** An event that a system follows, and for which no webhook was requested. */
export function unfollowedEvent(recorded: readonly RecordedEvent[]): string | undefined {
  const steady = new Map<string, Added>();
  const missing = new Set<string>();
  for (const event of recorded) {
    const { id, type, data, metadata } = event;
    const { storeId } = metadata;
    if (type === 'WebhookSubscriptionAdded') {
      const added = data as Added;
      if (added.url === receiverOf(storeId, 'steady')) steady.set(storeId, added);
    }
    const name = followedName(event);
    if (name !== undefined && steady.get(storeId)?.events.includes(name)) {
      missing.add(id);
    }
    if (type !== 'DeliveryRequested') continue;
    const { channel, personal } = data as Requested;
    if (channel !== 'subscription') continue;
    if (personal.recipient !== steady.get(storeId)?.subscriptionId) continue;
    const { eventId } = (JSON.parse(personal.content.body ?? '{}') as Body).data;
    if (eventId !== undefined) missing.delete(eventId);
  }
  const [first] = missing;
  return first === undefined ? undefined : `event ${first} was not sent to the system that follows`;
}

/** Rules of followed events: whose they are, what they show, who signs, and in which order. */
export const followedRules: CreateChecker = ({ servers, follower }, fail) => {
  const { taken } = servers.mail;
  const newest = new Map<string, number>();
  const known = new Set<string>();
  let seen = 0;

  function check({ channel, to, text }: TakenMessage): void {
    if (channel !== 'subscription') return;
    const { storeId, eventId, revision, ...about } = (JSON.parse(text) as Body).data;
    if (!to.includes(`.${storeId}.`)) fail('webhook-of-shop', `${to} got an event of ${storeId}`);
    if (SHOPS.some(({ id }) => text.includes(markOf(id)))) {
      fail('webhook-shows-ids', `${to} got a text that a person wrote: ${text}`);
    }
    if (eventId === undefined || known.has(`${to} ${eventId}`)) return;
    known.add(`${to} ${eventId}`);
    const entity = `${to} ${about.orderId ?? about.customerId ?? ''}`;
    const before = newest.get(entity) ?? -1;
    if (revision < before) fail('webhook-in-order', `${entity} got ${revision} after ${before}`);
    newest.set(entity, Math.max(before, revision));
  }

  return {
    onStep() {
      for (; seen < taken.length; seen++) check(taken[seen] as TakenMessage);
    },
    atEnd() {
      for (const { channel, to, reference, signedWith = [] } of taken) {
        if (channel !== 'subscription') continue;
        const shop = reference.slice(0, reference.indexOf('.'));
        if (follower.unanswered.has(shop)) continue;
        const isSigned = signedWith.some((secret) => follower.shown.get(shop)?.has(secret));
        if (!isSigned) fail('webhook-signed', `${to} got ${reference} with an unknown signature`);
      }
    },
  };
};
