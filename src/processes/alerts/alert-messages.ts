import type { Notifier } from '../../commands/notifications/notify.ts';
import {
  type AlertContact,
  alertDecider,
  type AlertEvent,
  contactsFor,
  type EmailContact,
  type KnownAlert,
  type WebhookContact,
} from '../../domain/alerts/index.ts';
import { deliveryDecider } from '../../domain/deliveries/index.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { formatInstant, instantMs } from '../../domain/kernel/instant.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import type { OpenableProcess, ProcessServices } from '../../engine/processes/process-manager.ts';
import type { Digest } from '../../ports/digest.ts';
import { bodyOf, mailOf, type Step, stepOf } from './alert-steps.ts';

const NAME = 'alert-messages';
/** Alerts that are reacted to at once. */
const MAX_CONCURRENT = 8;
/** What happened longer ago notifies no contact: after a long outage it would be old. */
export const MAX_AGE_MS = 86_400_000;
/** 128 bits, as for every entity. */
const ID_LENGTH = 32;

export interface AlertMessagesOptions {
  readonly contacts: readonly AlertContact[];
  readonly notifier: Pick<Notifier, 'notify'>;
  readonly digest: Pick<Digest, 'sha256'>;
}

/**
 * Notifies contacts of alerts: people by e-mail when one is raised or escalated, systems by webhook
 * of each step. The ids of the messages derive from the event and the contact, so each contact is
 * notified once of a step, however often the process meets it.
 */
export function alertMessages(options: AlertMessagesOptions): OpenableProcess {
  return {
    name: NAME,
    categories: ['alert'],
    eventTypes: ['AlertRaised', 'AlertEscalated', 'AlertAcknowledged', 'AlertResolved'],
    startAt: 'head',
    open: (services) => ({
      react: (recorded) => react(options, recorded, services),
      keyOf: ({ stream }) => stream,
      maxConcurrent: MAX_CONCURRENT,
    }),
  };
}

async function react(
  options: AlertMessagesOptions,
  recorded: RecordedEvent,
  services: ProcessServices,
): Promise<void> {
  const { commands, clock } = services;
  if (clock.now() - instantMs(recorded.recordedAt) > MAX_AGE_MS) return;
  const { storeId } = recorded.metadata;
  const event = recorded as unknown as AlertEvent;
  const { state } = await commands.load(alertDecider, storeId, event.data.alertId);
  if (state.status === 'none') return;
  const step = stepOf(storeId, event, state);
  if (!step) return;
  for (const contact of contactsFor(options.contacts, step)) {
    await notify(options, { recorded, step, alert: state }, contact, services);
  }
}

interface Notice {
  readonly recorded: RecordedEvent;
  readonly step: Step;
  readonly alert: KnownAlert;
}

/** A message that is refused for good must not keep the other contacts from being notified. */
async function notify(
  options: AlertMessagesOptions,
  notice: Notice,
  contact: AlertContact,
  services: ProcessServices,
): Promise<void> {
  try {
    if ('url' in contact) await requestWebhook(options, notice, contact, services);
    else if (notice.step.isForPeople) await notifyPerson(options, notice, contact);
  } catch (error) {
    if (!isFinalRefusal(error)) throw error;
    const { alertId } = notice.alert;
    services.logger.error(
      { alertId, contact: contact.id, reason: String(error) },
      'message about an alert cannot be sent',
    );
  }
}

async function notifyPerson(
  { notifier }: AlertMessagesOptions,
  { recorded, step }: Notice,
  { id, email, language }: EmailContact,
): Promise<void> {
  await notifier.notify({
    ...{ storeId: step.storeId, topic: 'alert', personId: `alert-contact-${id}` },
    ...{ contact: { email }, language, variables: mailOf(step) },
    ...{ notificationId: `event ${recorded.id}`, ofEvent: true },
    actor: { kind: 'process', id: NAME },
    correlationId: recorded.metadata.correlationId,
    causationId: recorded.id,
  });
}

async function requestWebhook(
  { digest }: AlertMessagesOptions,
  { recorded, step, alert }: Notice,
  { id }: WebhookContact,
  { commands, clock }: ProcessServices,
): Promise<void> {
  const { storeId } = step;
  const hash = (...parts: string[]) => digest.sha256(parts.join('\n')).slice(0, ID_LENGTH);
  const entityId = hash(storeId, recorded.id, id);
  const now = formatInstant(clock.now());
  try {
    await commands.execute(deliveryDecider, {
      command: {
        type: 'RequestDelivery',
        data: {
          ...{ channel: 'webhook', priority: 'CRITICAL', queue: 'alert-webhooks', topic: 'alert' },
          ...{ orderKey: hash(alert.alertId, id), recipient: id },
          content: { body: bodyOf(step, recorded.recordedAt) },
        },
      },
      creates: true,
      context: { storeId, entityId, commandId: entityId, now, businessDay: now.slice(0, 10) },
      actor: { kind: 'process', id: NAME },
      correlationId: recorded.metadata.correlationId,
      causationId: recorded.id,
    });
  } catch (error) {
    // Requested before, by a version that wrote the body in another way.
    if (!(error instanceof DomainError) || error.code !== 'idempotency_key_reused') throw error;
  }
}
