import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { commandRecipient, loadRecipient } from '../../../src/commands/notifications/recipients.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import {
  PERIOD_EVENTS,
  type RecipientCommand,
  recipientId,
  recipientOf,
} from '../../../src/domain/notifications/index.ts';
import { createCommandEngine } from '../../../src/engine/commands/command-engine.ts';
import { eventTypesOf } from '../../../src/features/event-types.ts';
import { features } from '../../../src/features/index.ts';

const BATCH = 1_000;
/** As many as a stream could have before there were periods. */
const FULL = 50_000;
const NOW = '2030-01-31T00:00:00.000Z';

const choose = (allowed: boolean): RecipientCommand => ({
  type: 'ChangePreferences',
  data: { via: 'staff', choices: [{ topic: 'welcome', channel: 'email', allowed }] },
});
const welcome: RecipientCommand = {
  type: 'DecideNotification',
  data: { topic: 'welcome', email: 'marta@example.org' },
};

function openWorld(personId: string) {
  const log = createMemoryEventLog({ clock: systemClock, ids: systemIds });
  const types = eventTypesOf(features);
  const commands = createCommandEngine({ log, clock: systemClock, ids: systemIds, types });
  const stream = (period: number) => streamName('recipient', 'a', recipientId(personId, period));
  return {
    state: () => loadRecipient(commands, 'a', personId),
    stream,
    ask: (commandId: string, command: RecipientCommand) =>
      commandRecipient(
        {
          ...{ commands, clock: systemClock, commandId },
          context: { storeId: 'a', now: NOW, businessDay: '2030-01-30' },
          envelope: { actor: { kind: 'system', id: 'test' }, correlationId: 'c', causationId: 'c' },
        },
        personId,
        command,
      ),
    typesOf: async (period: number) =>
      (await log.readStream(stream(period), { direction: 'backwards', limit: 3 })).map(
        ({ type }) => type,
      ),
    /** Years of messages: the stream has so many events then. */
    async fill(period: number, events: number) {
      const [first] = await log.readStream(stream(period), { direction: 'backwards', limit: 1 });
      if (!first) throw new Error('expected a stream with an event');
      const data = { personId, channel: 'sms' };
      for (let at = first.revision; at < events - 1; at += BATCH) {
        const count = Math.min(BATCH, events - 1 - at);
        const added = Array.from({ length: count }, () => ({
          ...{ id: systemIds.uuid(), type: 'AddressRestored', data },
          metadata: { ...first.metadata, commandId: `fill ${at}`, schemaVersion: 1 },
        }));
        await log.append(stream(period), at, added);
      }
    },
  };
}

describe('What is known of a person', () => {
  it('goes on in another stream after a period, and in the one after that', async () => {
    const world = openWorld('marta');
    await world.ask('1', choose(false));
    for (const period of [1, 2]) {
      await world.fill(period, PERIOD_EVENTS);
      const last = await world.ask(`last ${period}`, choose(period === 1));
      expect(last.stream).toBe(world.stream(period));
      const [closed, changed] = await world.typesOf(period);
      expect([changed, closed]).toEqual(['PreferencesChanged', 'RecipientPeriodClosed']);
    }
    expect((await world.state()).choices).toHaveLength(1);
  });

  it('goes on after a stream that was full before there were periods', async () => {
    const world = openWorld('marta');
    await world.ask('1', choose(false));
    await world.fill(1, FULL);
    const decided = await world.ask('2', welcome);
    expect(decided.stream).toBe(world.stream(2));
    expect(decided.events).toMatchObject([{ data: { suppressed: [{ reason: 'opted_out' }] } }]);
    expect(await world.typesOf(2)).toEqual(['NotificationDecided', 'RecipientPeriodOpened']);
  });

  it('has an id for each period, of a person with a long id as well', () => {
    const long = 'x'.repeat(200);
    expect(recipientId(long, 1)).toBe(long);
    expect(recipientId(long, 1_000).length).toBeLessThanOrEqual(200);
    expect(recipientId(`${long.slice(1)}y`, 2)).not.toBe(recipientId(long, 2));
    expect(recipientOf(recipientId('2:marta', 3))).toEqual({ personId: '2:marta', period: 3 });
  });

  it('names the person in the events of each period, also by a long id', async () => {
    const personId = 'x'.repeat(200);
    const world = openWorld(personId);
    await world.ask('1', choose(false));
    await world.fill(1, PERIOD_EVENTS + 1);
    await world.ask('2', choose(true));
    const decided = await world.ask('3', welcome);
    expect(decided.stream).toBe(world.stream(2));
    expect(decided.events).toMatchObject([{ data: { personId, channels: ['email'] } }]);
  });
});
