import {
  MAX_SUBSCRIPTIONS,
  PAUSE_AFTER_MS,
  SUBSCRIPTIONS_ID,
  type WebhookSubscriptionCommand,
  webhookSubscriptionDecider,
  type WebhookSubscriptionEvent,
} from '../../../src/domain/webhook-subscriptions/index.ts';
import { fold, given } from '../../support/decider.ts';

const subscriptionId = 'erp';
const url = 'https://erp.example.com/hook';
const secretId = 'secret-id-of-the-first';
const START = '2026-12-01T09:00:00.000Z';
const later = (ms: number) => new Date(Date.parse(START) + ms).toISOString();

const added = (id = subscriptionId): WebhookSubscriptionEvent => ({
  type: 'WebhookSubscriptionAdded',
  data: { subscriptionId: id, url, events: ['order.placed'], secretId },
});
const paused = (cause: 'person' | 'failing' | 'gone'): WebhookSubscriptionEvent => ({
  type: 'WebhookSubscriptionPaused',
  data: { subscriptionId, cause, ...(cause !== 'person' && { code: 'webhook_500' }) },
});
const failing: WebhookSubscriptionEvent = {
  type: 'WebhookSubscriptionFailing',
  data: { subscriptionId, since: START, code: 'webhook_500' },
};
const recoveredAt = (at: string): WebhookSubscriptionEvent => ({
  type: 'WebhookSubscriptionRecovered',
  data: { subscriptionId, at },
});
const resumed: WebhookSubscriptionEvent = {
  type: 'WebhookSubscriptionResumed',
  data: { subscriptionId },
};
const failure = (isGone = false): WebhookSubscriptionCommand => ({
  type: 'NoteFailure',
  data: { subscriptionId, code: 'webhook_500', isGone },
});
const success: WebhookSubscriptionCommand = { type: 'NoteSuccess', data: { subscriptionId } };
const change = (data: object): WebhookSubscriptionCommand => ({
  type: 'ChangeSubscription',
  data: { subscriptionId, ...data },
});

const on = (...events: WebhookSubscriptionEvent[]) => ({
  when: (command: WebhookSubscriptionCommand, now = START) =>
    given(webhookSubscriptionDecider, events).when(command, { entityId: SUBSCRIPTIONS_ID, now }),
});

describe('Webhook subscriptions', () => {
  it('are limited in number', () => {
    const full = Array.from({ length: MAX_SUBSCRIPTIONS }, (_, i) => added(`s-${i}`));
    const one = { url, events: ['order.placed' as const] };
    on(...full)
      .when({ type: 'AddSubscription', data: { subscriptionId: 'more', ...one } })
      .thenRefused('too_many_webhook_subscriptions');
    on(added())
      .when({ type: 'AddSubscription', data: { subscriptionId, ...one } })
      .thenRefused('webhook_subscription_exists');
  });

  it('record only what a change changes', () => {
    on(added())
      .when(change({ url, events: ['order.placed'] }))
      .then([]);
    on(added())
      .when(change({ url: `${url}/2`, active: false }))
      .then([
        { type: 'WebhookSubscriptionChanged', data: { subscriptionId, url: `${url}/2` } },
        paused('person'),
      ]);
    on(added(), paused('failing'))
      .when(change({ active: true }))
      .then([resumed]);
  });

  it('sign with the secret before as well, after a rotation', () => {
    const { byId } = fold(webhookSubscriptionDecider, [
      added(),
      {
        type: 'WebhookSecretRotated',
        data: { subscriptionId, secretId: 'secret-id-of-the-second', previousUntil: later(1) },
      },
    ]);
    expect(byId[subscriptionId]).toMatchObject({
      secretId: 'secret-id-of-the-second',
      previous: { secretId, until: later(1) },
    });
  });

  it('are paused when webhooks were parked for a day, and none was taken', () => {
    on(added()).when(failure()).then([failing]);
    on(added(), failing)
      .when(failure(), later(PAUSE_AFTER_MS - 1))
      .then([]);
    on(added(), failing)
      .when(failure(), later(PAUSE_AFTER_MS))
      .then([paused('failing')]);
  });

  it('are not paused when a webhook was taken meanwhile', () => {
    on(added(), failing)
      .when(success, later(1))
      .then([recoveredAt(later(1))]);
    on(added()).when(success).then([]);
    const recovered = [added(), failing, recoveredAt(later(1))];
    on(...recovered)
      .when(failure(), later(PAUSE_AFTER_MS))
      .then([]);
  });

  it('are paused at once when the receiver is gone, and begin again without their past', () => {
    on(added())
      .when(failure(true))
      .then([paused('gone')]);
    on(added(), paused('gone')).when(failure(true)).then([]);
    on(added(), failing, paused('failing'), resumed)
      .when(failure(), later(2 * PAUSE_AFTER_MS))
      .then([
        {
          type: 'WebhookSubscriptionFailing',
          data: { subscriptionId, since: later(2 * PAUSE_AFTER_MS), code: 'webhook_500' },
        },
      ]);
  });

  it('that were removed take no command, and no news', () => {
    const removed: WebhookSubscriptionEvent = {
      type: 'WebhookSubscriptionRemoved',
      data: { subscriptionId },
    };
    on(added(), removed).when(failure()).then([]);
    on(added(), removed)
      .when(change({ active: true }))
      .thenRefused('webhook_subscription_not_found');
  });
});
