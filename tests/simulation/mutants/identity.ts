import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { Mutant } from './mutant.ts';

/** Events of one type that are recorded otherwise than they were decided. */
const recording =
  (type: string, change: (data: Record<string, unknown>) => unknown) =>
  (log: EventLog): EventLog =>
    Object.assign(Object.create(log) as EventLog, {
      append: (...[stream, expected, events]: Parameters<EventLog['append']>) =>
        log.append(
          stream,
          expected,
          events.map((event): NewEvent =>
            event.type === type
              ? { ...event, data: change(event.data as Record<string, unknown>) }
              : event,
          ),
        ),
    });

/** Bugs of users, sessions and devices. */
export const identityMutants: readonly Mutant[] = [
  {
    name: 'suspension-forgotten',
    standsFor: 'a suspended user still signs in and acts',
    nodeLog: recording('UserChanged', (data) => ({ ...data, isActive: true })),
  },
  {
    name: 'pin-lock-forgotten',
    standsFor: 'wrong PINs are not counted, so that no user is ever locked',
    nodeLog: recording('PinTried', ({ lockedUntil: _, ...data }) => ({ ...data, attempt: 1 })),
  },
  {
    name: 'refresh-not-rotated',
    standsFor: 'a refresh token stays valid after it was exchanged, so that no reuse is detected',
    vault: (vault) =>
      Object.assign(Object.create(vault) as typeof vault, {
        put: (...[key, record, expected]: Parameters<typeof vault.put>) =>
          key.kind === 'session' && expected > 0
            ? Promise.resolve('done' as const)
            : vault.put(key, record, expected),
      }),
  },
];
