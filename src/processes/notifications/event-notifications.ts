import type { Notifier } from '../../commands/notifications/notify.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { instantMs } from '../../domain/kernel/instant.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import type { OpenableProcess, ProcessServices } from '../../engine/processes/process-manager.ts';
import { noticeOf, NOTIFYING, type Source } from './notices.ts';

/** Events of different streams that are reacted to at once. */
const MAX_CONCURRENT = 16;
/**
 * What happened longer ago notifies no person: after a long outage, or when a log is read again
 * whose checkpoint was lost, the news would be old.
 */
export const MAX_AGE_MS = 3 * 86_400_000;

const NAME = 'notifications';

/**
 * Notifies people of what has happened. It starts at the head of the log. The ids of its commands
 * derive from the event, so an event notifies a person once by each channel, however often the
 * process meets it.
 */
export function eventNotifications(notifier: Notifier): OpenableProcess {
  return {
    name: NAME,
    ...NOTIFYING,
    startAt: 'head',
    open: (services) => ({
      react: (event) => react(event, services, notifier),
      keyOf: ({ stream }) => stream,
      maxConcurrent: MAX_CONCURRENT,
    }),
  };
}

async function react(
  recorded: RecordedEvent,
  { commands, clock, logger }: ProcessServices,
  notifier: Notifier,
): Promise<void> {
  const { id, metadata, recordedAt } = recorded;
  if (clock.now() - instantMs(recordedAt) > MAX_AGE_MS) return;
  const { storeId, correlationId, actor } = metadata;
  const event = recorded as unknown as Source['event'];
  const notice = await noticeOf({ storeId, actorKind: actor.kind, recordedAt, event }, commands);
  if (!notice) return;
  try {
    await notifier.notify({
      ...{ storeId, ...notice, correlationId },
      notificationId: `event ${id}`,
      ofEvent: true,
      actor: { kind: 'process', id: NAME },
      causationId: id,
    });
  } catch (error) {
    // Not sendable as it is, however often it is tried: the other notifications go on.
    if (!isFinalRefusal(error)) throw error;
    const { topic } = notice;
    logger.error({ eventId: id, topic, reason: String(error) }, 'notification cannot be sent');
  }
}
