import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { createIncidents, type Incident } from '../../../src/commands/identity/incidents.ts';
import { incidentEvents } from '../../../src/domain/identity/index.ts';
import { eventTypes } from '../../../src/domain/kernel/event-types.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import { createCommandEngine } from '../../../src/engine/commands/command-engine.ts';
import { ENGINE_EVENT_TYPES } from '../../../src/engine/commands/engine-events.ts';

const quiet = () => undefined;

function openIncidents() {
  const [clock, ids] = [systemClock, systemIds];
  const log = createMemoryEventLog({ clock, ids });
  const types = eventTypes(ENGINE_EVENT_TYPES, incidentEvents.types);
  const incidents = createIncidents({
    ...{ clock, ids, logger: { debug: quiet, info: quiet, warn: quiet, error: quiet } },
    calendar: { businessDay: () => '2026-11-30' },
    commands: createCommandEngine({ log, clock, ids, types }),
  });
  const stored = async (type: string) => {
    const { events } = await log.readAll({ after: START, limit: 10_000 });
    return events.filter((event) => event.type === type);
  };
  return { incidents, stored };
}

const failed = (address: string, userId?: string): Incident => ({
  storeId: 'a',
  actor: userId === undefined ? { kind: 'system', id: 'sign-in' } : { kind: 'user', id: userId },
  correlationId: 'test',
  origin: { address },
  event: {
    type: 'SignInFailed',
    data: { severity: 'LOW', code: 'invalid_credentials', ...(userId !== undefined && { userId }) },
  },
});

const denied = (keyId: string): Incident => ({
  storeId: 'a',
  actor: { kind: 'key', id: keyId },
  correlationId: 'test',
  origin: { address: '192.0.2.1' },
  event: {
    type: 'AccessDenied',
    data: { severity: 'MEDIUM', action: 'PERMISSION_CHECK_FAILED', operation: 'listUsers' },
  },
});

describe('Incidents', () => {
  it('of one IPv6 network are one event, whichever of its addresses they come from', async () => {
    const { incidents, stored } = openIncidents();
    for (let i = 0; i < 50; i++) await incidents.record(failed(`2001:db8:0:1::${i.toString(16)}`));
    await incidents.record(failed('2001:db8:0:2::1'));
    expect(await stored('SignInFailed')).toHaveLength(2);
  });

  it('of callers that failed to sign in do not hide what known ones do', async () => {
    const { incidents, stored } = openIncidents();
    for (let i = 0; i < 500; i++) await incidents.record(failed(`2001:db8:0:${i.toString(16)}::1`));
    for (let i = 0; i < 500; i++) await incidents.record(failed(`192.0.2.${i % 250}`, `u${i}`));
    for (let i = 0; i < 20; i++) await incidents.record(denied(`key-${i}`));
    const actors = (await stored('AccessDenied')).map(({ metadata }) => metadata.actor.id);
    expect(actors).toEqual(Array.from({ length: 20 }, (_, i) => `key-${i}`));
  });
});
