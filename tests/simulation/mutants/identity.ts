import type { Route } from '../../../src/api/route.ts';
import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import type { Feature } from '../../../src/features/feature.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { Vault, VaultKey } from '../../../src/ports/vault.ts';
import type { Mutant } from './mutant.ts';

/** Events of one type that are recorded otherwise than they were decided. */
export const recording =
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

/** What the route of new users executes, with the password as the last name. */
const recordingPassword = (features: readonly Feature[]): readonly Feature[] =>
  features.map((feature) => ({
    ...feature,
    routes: feature.routes.map((route): Route => {
      if (route.operationId !== 'createUser') return route;
      return {
        ...route,
        handle(request, services) {
          const { password: lastName } = request.body as { readonly password?: string };
          const execute: typeof request.execute = (decider, id, command, ...rest) => {
            const data = {
              ...(command.data as object),
              ...(lastName !== undefined && { lastName }),
            };
            return request.execute(decider, id, { ...command, data }, ...rest);
          };
          return route.handle({ ...request, execute }, services);
        },
      };
    }),
  }));

/** Bugs of users, sessions, devices and keys. */
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
  {
    name: 'session-not-removed',
    standsFor: 'a session that was signed out stays in the vault, and goes on',
    vault: (vault) =>
      Object.assign(Object.create(vault) as Vault, {
        remove: (key: VaultKey) => (key.kind === 'session' ? Promise.resolve() : vault.remove(key)),
      }),
  },
  {
    name: 'erased-key-kept',
    standsFor: 'the key of a person whose data is erased stays in the vault',
    vault: (vault) =>
      Object.assign(Object.create(vault) as Vault, {
        put: (...[key, record, expected]: Parameters<Vault['put']>) =>
          key.kind === 'subject-key' && record.value.includes('erased')
            ? Promise.resolve('done' as const)
            : vault.put(key, record, expected),
      }),
  },
  {
    name: 'first-key-kept',
    standsFor: 'the first secret of a key stays valid, however often it is rotated',
    vault: (vault) => {
      const first = new Map<string, string>();
      return Object.assign(Object.create(vault) as Vault, {
        put: (...[key, { value, ...rest }, expected]: Parameters<Vault['put']>) => {
          if (key.kind !== 'api-key') return vault.put(key, { value, ...rest }, expected);
          const hashes = JSON.parse(value) as { hash: string; previous?: { hash: string } };
          const hash = first.get(key.id) ?? hashes.hash;
          first.set(key.id, hash);
          const previous = hashes.previous && { ...hashes.previous, hash };
          return vault.put(
            key,
            { ...rest, value: JSON.stringify({ ...hashes, ...(previous && { previous }) }) },
            expected,
          );
        },
      });
    },
  },
  {
    name: 'password-in-event',
    standsFor: 'a password is recorded beside the name of its user',
    features: recordingPassword,
  },
];
