import type { Notification, Notifier } from '../../../src/commands/notifications/notify.ts';
import {
  type AlertContact,
  alertDecider,
  type AlertEvent,
} from '../../../src/domain/alerts/index.ts';
import { deliveryDecider } from '../../../src/domain/deliveries/index.ts';
import type { Command, Decider } from '../../../src/domain/kernel/decider.ts';
import { DomainError } from '../../../src/domain/kernel/errors.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { formatInstant } from '../../../src/domain/kernel/instant.ts';
import type { ProcessServices } from '../../../src/engine/processes/process-manager.ts';
import { alertMessages, MAX_AGE_MS } from '../../../src/processes/alerts/alert-messages.ts';
import { fold } from '../../support/decider.ts';

const NOW_MS = Date.UTC(2030, 0, 31);
const at = (minutes: number) => formatInstant(NOW_MS + minutes * 60_000);
const alertId = 'disk-low:till-1';
const raised = (minutes = 0, occurrence = 1): AlertEvent => ({
  type: 'AlertRaised',
  data: {
    ...{ alertId, rule: 'disk-low', subject: 'till-1', title: 'The disk is nearly full' },
    ...{ severity: 'CRITICAL', value: 95, threshold: 90, unit: '% in use' },
    ...{ detail: '12 MiB are free', runbook: 'disk-full.md', raisedAt: at(minutes), occurrence },
  },
});
const escalated = (level: number): AlertEvent => ({
  type: 'AlertEscalated',
  data: { alertId, severity: 'CRITICAL', level, escalatedAt: at(15) },
});
const acknowledged: AlertEvent = {
  type: 'AlertAcknowledged',
  data: { alertId, acknowledgedAt: at(16) },
};
const resolved: AlertEvent = {
  type: 'AlertResolved',
  data: { alertId, reason: 'cleared', resolvedAt: at(17) },
};

const ANA: AlertContact = {
  ...{ id: 'ana', email: 'ana@example.org', language: 'es', severity: 'HIGH', fromLevel: 0 },
};
const PAGER: AlertContact = {
  ...{ id: 'pager', url: 'https://pager.example.org', secrets: ['whsec_x'] },
  ...{ severity: 'HIGH', fromLevel: 1 },
};

interface Requested {
  readonly deliveryId: string;
  readonly recipient: string;
  readonly orderKey: string;
  readonly body: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Record<string, unknown>;
  };
}

/** What contacts are notified when the last of the events is met. */
async function notify(
  events: readonly AlertEvent[],
  {
    contacts = [ANA, PAGER],
    nowMs = NOW_MS,
    since = [],
    failure,
  }: {
    readonly contacts?: readonly AlertContact[];
    readonly nowMs?: number;
    readonly since?: readonly AlertEvent[];
    readonly failure?: Error;
  } = {},
) {
  const mails: Notification[] = [];
  const webhooks: Requested[] = [];
  const errors: string[] = [];
  const notify: Notifier['notify'] = async (notification) => {
    if (failure) throw failure;
    mails.push(notification);
    return { deliveries: [], suppressed: [] };
  };
  const services = {
    clock: { now: () => nowMs },
    logger: { error: (_fields: object, text: string) => errors.push(text) },
    commands: {
      load: async () => ({ state: fold(alertDecider, [...events, ...since]) }),
      execute: async (
        decider: Decider<unknown, Command, never>,
        { command, context }: { command: Command; context: { entityId: string } },
      ) => {
        expect(decider.category).toBe(deliveryDecider.category);
        const { recipient, orderKey, content } = command.data as {
          recipient: string;
          orderKey: string;
          content: { body: string };
        };
        const body = JSON.parse(content.body) as Requested['body'];
        webhooks.push({ deliveryId: context.entityId, recipient, orderKey, body });
      },
    },
  } as unknown as ProcessServices;
  const digest = { sha256: (text: string | Uint8Array) => `hash of ${String(text)}` };
  const process = alertMessages({ contacts, notifier: { notify }, digest });
  const event = events.at(-1) as AlertEvent;
  const recorded = {
    ...event,
    id: 'event-1',
    stream: 'alert-system.disk-low',
    metadata: { storeId: 'system', correlationId: 'c-1' },
    recordedAt: at(0),
  } as unknown as RecordedEvent;
  const open = process.open(services, new AbortController().signal);
  await open.react(recorded);
  return { mails, webhooks, errors };
}

const detailsOf = (mail: Notification | undefined) =>
  (mail?.variables as Readonly<Record<string, string>>)['details'];

describe('The messages about an alert', () => {
  it('start at the head of the log: history notifies no one', () => {
    const { startAt } = alertMessages({ contacts: [] } as never);
    expect(startAt).toBe('head');
  });

  it('notify people who are notified from the start when it is raised', async () => {
    const { mails, webhooks } = await notify([raised()]);
    expect(webhooks).toEqual([]);
    expect(mails).toMatchObject([
      {
        ...{ storeId: 'system', topic: 'alert', personId: 'alert-contact-ana', language: 'es' },
        ...{ contact: { email: 'ana@example.org' }, notificationId: 'event event-1' },
        variables: { title: 'CRITICAL: The disk is nearly full (till-1)' },
      },
    ]);
    expect(detailsOf(mails[0])).toContain('12 MiB are free. Measured: 95 % in use');
  });

  it('notify more contacts when no person acknowledges it', async () => {
    const { mails, webhooks } = await notify([raised(), escalated(1)]);
    expect(mails[0]?.variables).toMatchObject({
      title: 'Still open: CRITICAL: The disk is nearly full (till-1)',
    });
    expect(detailsOf(mails[0])).toContain('Escalation 1: no person has acknowledged it.');
    expect(webhooks).toMatchObject([
      {
        recipient: 'pager',
        body: {
          ...{ type: 'alert.escalated', timestamp: at(0) },
          data: { alertId, storeId: 'system', level: 1, severity: 'CRITICAL', value: 95 },
        },
      },
    ]);
  });

  it('are no more than one for a step and a contact, and in order for each', async () => {
    const [first] = (await notify([raised(), escalated(1)])).webhooks;
    const [again] = (await notify([raised(), escalated(1)])).webhooks;
    const [next] = (await notify([raised(), escalated(1), acknowledged])).webhooks;
    expect(again?.deliveryId).toBe(first?.deliveryId);
    expect(next?.orderKey).toBe(first?.orderKey);
  });

  it('notify systems, not people, that it is acknowledged and resolved', async () => {
    for (const [step, type] of [
      [acknowledged, 'alert.acknowledged'],
      [resolved, 'alert.resolved'],
    ] as const) {
      const { mails, webhooks } = await notify([raised(), escalated(1), step]);
      expect(mails).toEqual([]);
      expect(webhooks.map(({ body }) => body.type)).toEqual([type]);
    }
  });

  it('do not notify of the end whoever was not notified of the beginning', async () => {
    const { webhooks } = await notify([raised(), resolved]);
    expect(webhooks).toEqual([]);
  });

  it('leave out an escalation that a person has overtaken', async () => {
    const notified = await notify([raised(), escalated(1)], { since: [acknowledged] });
    expect([notified.mails, notified.webhooks]).toEqual([[], []]);
  });

  it('leave out the end of an alert that is raised again', async () => {
    const since = [raised(20, 2)];
    const { webhooks } = await notify([raised(), escalated(1), resolved], { since });
    expect(webhooks).toEqual([]);
  });

  it('notify of an alert that has ended already: it could not be recorded before', async () => {
    const { mails } = await notify([raised()], { since: [resolved] });
    expect(mails).toHaveLength(1);
  });

  it('leave out what is older than a day', async () => {
    expect((await notify([raised()], { nowMs: NOW_MS + MAX_AGE_MS + 1 })).mails).toEqual([]);
    expect((await notify([raised()], { nowMs: NOW_MS + MAX_AGE_MS })).mails).toHaveLength(1);
  });

  it('go on with other contacts when one cannot be notified', async () => {
    const failure = new DomainError('template_invalid', 'a template that cannot be filled');
    const { webhooks, errors } = await notify([raised(), escalated(1)], { failure });
    expect(errors).toEqual(['message about an alert cannot be sent']);
    expect(webhooks).toHaveLength(1);
  });

  it('fail for anything else, so that the event is met again', async () => {
    const failure = new Error('the log is down');
    await expect(notify([raised()], { failure })).rejects.toBe(failure);
  });
});
