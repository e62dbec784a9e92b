import { requestWebhook } from '../../commands/webhook-subscriptions/request-webhook.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import {
  FOLLOWED_CATEGORIES,
  FOLLOWED_TYPES,
  followedBody,
  followedName,
  SUBSCRIPTIONS_ID,
  webhookSubscriptionDecider,
} from '../../domain/webhook-subscriptions/index.ts';
import type { Sequence } from '../../engine/commands/sequence.ts';
import type { OpenableProcess, ProcessServices } from '../../engine/processes/process-manager.ts';

const NAME = 'webhook-following';
/** Events of different entities that are reacted to side by side. */
const MAX_CONCURRENT = 16;

/**
 * Has each event sent to the systems of its shop that follow it. A subscription gets what is
 * reacted to while it is there: it begins with what happens after it was added.
 */
export const webhookFollowing: OpenableProcess = {
  name: NAME,
  categories: FOLLOWED_CATEGORIES,
  eventTypes: FOLLOWED_TYPES,
  startAt: 'head',
  open: (services) => ({
    react: (event) => react(event, services),
    keyOf: ({ stream }) => stream,
    maxConcurrent: MAX_CONCURRENT,
  }),
};

async function react(recorded: RecordedEvent, services: ProcessServices): Promise<void> {
  const name = followedName(recorded);
  if (name === undefined) return;
  const { storeId } = recorded.metadata;
  const { state } = await services.commands.load(
    webhookSubscriptionDecider,
    storeId,
    SUBSCRIPTIONS_ID,
  );
  const wanted = Object.values(state.byId).filter(
    ({ events, paused }) => !paused && events.includes(name),
  );
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
