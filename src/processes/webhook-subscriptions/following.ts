import { requestWebhook } from '../../commands/webhook-subscriptions/request-webhook.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { streamName } from '../../domain/kernel/names.ts';
import { comparePositions } from '../../domain/kernel/position.ts';
import {
  FOLLOWED_CATEGORIES,
  FOLLOWED_TYPES,
  followedBody,
  followedName,
  type Subscription,
  SUBSCRIPTIONS_ID,
  webhookSubscriptionDecider,
  type WebhookSubscriptionEvent,
} from '../../domain/webhook-subscriptions/index.ts';
import type { Sequence } from '../../engine/commands/sequence.ts';
import { REFUSED } from '../../engine/commands/stream-state.ts';
import type { OpenableProcess, ProcessServices } from '../../engine/processes/process-manager.ts';
import { createBoundedMap } from '../../lib/bounded-map.ts';

const NAME = 'webhook-following';
/** Events of different entities that are reacted to side by side. */
const MAX_CONCURRENT = 16;

/** Shops whose subscriptions are remembered. */
const MAX_SHOPS = 1_000;

/**
 * Has each event sent to the systems of its shop that followed it when it was recorded. An event
 * that is reacted to again, after a subscription was added or resumed, is sent to no more systems:
 * they would get it after later ones.
 */
export const webhookFollowing: OpenableProcess = {
  name: NAME,
  categories: FOLLOWED_CATEGORIES,
  eventTypes: FOLLOWED_TYPES,
  startAt: 'head',
  open(services) {
    const followersAt = createFollowers(services);
    return {
      react: (event) => react(event, services, followersAt),
      keyOf: ({ stream }) => stream,
      maxConcurrent: MAX_CONCURRENT,
    };
  },
};

type FollowersAt = (recorded: RecordedEvent) => Promise<readonly Subscription[]>;

/** The subscriptions as they were when an event was recorded, without those that are gone now. */
function createFollowers({ commands, eventsOf }: ProcessServices): FollowersAt {
  const known = createBoundedMap<string, { revision: number; events: readonly RecordedEvent[] }>(
    MAX_SHOPS,
  );
  return async ({ position, metadata: { storeId } }) => {
    const decider = webhookSubscriptionDecider;
    const { state: now, revision } = await commands.load(decider, storeId, SUBSCRIPTIONS_ID);
    if (Object.keys(now.byId).length === 0) return [];
    let found = known.get(storeId);
    if (found?.revision !== revision) {
      const stream = streamName(decider.category, storeId, SUBSCRIPTIONS_ID);
      found = { revision, events: await eventsOf(stream) };
      known.set(storeId, found);
    }
    let then = decider.initialState;
    for (const event of found.events) {
      if (event.type === REFUSED || comparePositions(event.position, position) > 0) continue;
      then = decider.evolve(then, event as unknown as WebhookSubscriptionEvent);
    }
    return Object.values(then.byId).filter(({ subscriptionId }) => now.byId[subscriptionId]);
  };
}

async function react(
  recorded: RecordedEvent,
  services: ProcessServices,
  followersAt: FollowersAt,
): Promise<void> {
  const name = followedName(recorded);
  if (name === undefined) return;
  const followers = await followersAt(recorded);
  const wanted = followers.filter(({ events, paused }) => !paused && events.includes(name));
  if (wanted.length === 0) return;
  const body = followedBody(name, recorded);
  const sequence = sequenceOf(NAME, recorded, services);
  for (const { subscriptionId } of wanted) {
    const about = { subscriptionId, topic: name, body, entity: recorded.stream };
    await requestWebhook(sequence, { ...about, priority: 'NORMAL' });
  }
}

/** Commands that follow from an event, at the time of the event. */
export function sequenceOf(
  process: string,
  { id, metadata, recordedAt }: RecordedEvent,
  { commands, clock }: Pick<ProcessServices, 'commands' | 'clock'>,
): Sequence {
  const { storeId, correlationId } = metadata;
  return {
    ...{ commands, clock, commandId: `event ${id}` },
    context: { storeId, now: recordedAt, businessDay: recordedAt.slice(0, 10) },
    envelope: { actor: { kind: 'process', id: process }, correlationId, causationId: id },
  };
}
