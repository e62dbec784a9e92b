import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import { recording } from './identity.ts';
import type { Mutant } from './mutant.ts';

const DAY_MS = 86_400_000;

/** Bugs of messages to people. */
export const messageMutants: readonly Mutant[] = [
  {
    name: 'opt-out-forgotten',
    standsFor: 'a person who opted out still gets marketing',
    nodeLog: recording('PreferencesChanged', (data) => ({
      ...data,
      choices: (data['choices'] as readonly { allowed: boolean }[]).filter((one) => one.allowed),
    })),
  },
  {
    name: 'limit-forgotten',
    standsFor: 'messages of today are taken for those of yesterday, so that no limit holds',
    nodeLog: recording('NotificationDecided', (data) => ({
      ...data,
      decidedAt: new Date(Date.parse(String(data['decidedAt'])) - DAY_MS).toISOString(),
    })),
  },
  {
    name: 'sent-taken-for-failed',
    standsFor: 'a message that was accepted is taken for one that failed, and is sent again',
    nodeLog: (log) =>
      Object.assign(Object.create(log) as typeof log, {
        append: (...[stream, expected, events]: Parameters<typeof log.append>) =>
          log.append(stream, expected, events.map(asFailed)),
      }),
  },
];

function asFailed(event: NewEvent): NewEvent {
  if (event.type !== 'DeliverySucceeded') return event;
  const { deliveryId, attempt } = event.data as Record<string, unknown>;
  const nextAttemptAt = '2026-01-01T00:00:00.000Z';
  const failure = { failureClass: 'retry', code: 'smtp_450', reason: 'Try again later.' };
  return {
    ...event,
    type: 'DeliveryFailed',
    data: { deliveryId, attempt, ...failure, nextAttemptAt },
  };
}
