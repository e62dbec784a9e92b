import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { webhookSubscriptionDecider } from '../../../src/domain/webhook-subscriptions/index.ts';
import type { ProcessServices } from '../../../src/engine/processes/process-manager.ts';
import { webhookFollowing } from '../../../src/processes/webhook-subscriptions/following.ts';

const SHOP = 'a';
const AT = '2026-12-01T10:00:00.000Z';

/** The subscriptions of a shop, as events at their places of the log. */
function recorded(commit: number, type: string, data: object): RecordedEvent {
  const position = { commit: BigInt(commit), prepare: BigInt(commit) };
  return {
    ...{ id: `event-${commit}`, stream: 'webhooksubscription-a.all', revision: commit, type },
    ...{ data, position, recordedAt: AT },
    metadata: { storeId: SHOP, correlationId: 'c' },
  } as unknown as RecordedEvent;
}

const added = (commit: number, subscriptionId: string) =>
  recorded(commit, 'WebhookSubscriptionAdded', {
    ...{ subscriptionId, url: 'https://shop.example/hook', events: ['order.status_changed'] },
    secretId: 's'.repeat(22),
  });

const confirmed = (commit: number) =>
  ({
    ...recorded(commit, 'OrderStatusChanged', {}),
    ...{ stream: 'order-a.order-1', data: { from: 'PENDING', to: 'CONFIRMED' } },
  }) as RecordedEvent;

/** Whom the process has the event sent to, as the log stands. */
async function sentTo(
  event: RecordedEvent,
  subscriptions: readonly RecordedEvent[],
): Promise<readonly string[]> {
  const sent: string[] = [];
  let state = webhookSubscriptionDecider.initialState;
  for (const each of subscriptions) {
    state = webhookSubscriptionDecider.evolve(state, each as never);
  }
  const services = {
    commands: {
      load: () => Promise.resolve({ state, revision: subscriptions.length - 1 }),
      execute(_decider: unknown, request: { readonly command: { readonly data: object } }) {
        const { personal, recipient } = request.command.data as Record<string, string>;
        sent.push(recipient ?? JSON.stringify(personal));
        return Promise.resolve({ events: [] });
      },
    },
    eventsOf: () => Promise.resolve(subscriptions),
    clock: { now: () => 0 },
  } as unknown as ProcessServices;
  await webhookFollowing.open(services, new AbortController().signal).react(event);
  return sent;
}

describe('Followed events', () => {
  const first = added(1, 'sub-1');

  it('go to the systems that followed them when they were recorded', async () => {
    expect(await sentTo(confirmed(5), [first])).toHaveLength(1);
  });

  it('go to none that was added later, although the event is reacted to again', async () => {
    expect(await sentTo(confirmed(5), [first, added(9, 'sub-2')])).toHaveLength(1);
    expect(await sentTo(confirmed(10), [first, added(9, 'sub-2')])).toHaveLength(2);
  });

  it('go to none that was paused then, and is resumed now', async () => {
    const paused = recorded(2, 'WebhookSubscriptionPaused', {
      ...{ subscriptionId: 'sub-1', cause: 'person' },
    });
    const resumed = recorded(8, 'WebhookSubscriptionResumed', { subscriptionId: 'sub-1' });
    expect(await sentTo(confirmed(5), [first, paused, resumed])).toEqual([]);
    expect(await sentTo(confirmed(9), [first, paused, resumed])).toHaveLength(1);
  });

  it('go to none that was removed meanwhile', async () => {
    const removed = recorded(8, 'WebhookSubscriptionRemoved', { subscriptionId: 'sub-1' });
    expect(await sentTo(confirmed(5), [first, removed])).toEqual([]);
  });
});
