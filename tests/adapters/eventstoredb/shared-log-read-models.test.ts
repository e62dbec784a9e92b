import { randomUUID } from 'node:crypto';

import type { EventStoreDbLog } from '../../../src/adapters/eventstoredb/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { someMetadata } from '../../support/event-log.ts';
import {
  createWorld,
  eventually,
  expectFolded,
  type World,
} from '../../support/projection-world.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import {
  type EventStoreServer,
  findOwnEventStore,
  startEventStore,
} from '../../support/servers/event-store.ts';
import { startable } from '../../support/servers/find.ts';
import { toyEvent } from '../../support/toy-projections.ts';
import { openLog } from './opened-log.ts';
import { openOtherApplication, type OtherApplication } from './other-application.ts';

const source = findOwnEventStore();

/** Appended in one step, then followed by one event of each kind of another application. */
const ROUNDS = 4;

describeWith(source, 'read models over an EventStoreDB shared with other applications', () => {
  let server: EventStoreServer;
  let others: OtherApplication;
  let world: World;

  beforeAll(async () => {
    server = await startEventStore(startable(source));
    others = openOtherApplication(server.connectionString);
  });
  afterEach(() => world.close());
  afterAll(async () => {
    await others.close();
    await server.stop();
  });

  let namespaces = 0;
  const open = (): { log: EventStoreDbLog; prefix: string } => {
    namespaces += 1;
    const namespace = `shop${namespaces}`;
    return {
      log: openLog(server.connectionString, {}, namespace),
      prefix: `${namespace}.`,
    };
  };
  const add = (amount = 1) => ({
    ...toyEvent('s1', 'LineAdded', { amount, day: 'd1' }),
    id: randomUUID(),
  });
  const reportOf = (name: string) => world.engine.report().find((each) => each.name === name);

  it('start, follow, rebuild and resume with its events before, between and last', async () => {
    const { log } = open();
    world = createWorld({ log, clock: systemClock });
    await others.writeEach('order-42');
    await world.engine.start();
    for (let i = 0; i < ROUNDS; i += 1) {
      await world.append(`order-s1.${i % 2}`, add(i), add(i + 10));
      await others.writeEach('order-42');
    }
    await world.caughtUp();
    await expectFolded(world);

    // Its newest event was the last of all at a start, where it ended the instance.
    await world.restart();
    await world.caughtUp();
    await world.append('order-s1.1', add(100));
    await others.writeEach('order-s1.1');
    await world.caughtUp();
    await world.engine.rebuild('tabs', 'a test');
    await world.caughtUp();

    await expectFolded(world);
    expect(await world.recorded('GapFound')).toEqual([]);
    expect(world.engine.report().map(({ state }) => state)).toEqual(['live', 'live', 'live']);
  });

  it('stop with a reason at an event in their own namespace that cannot be read', async () => {
    const { log, prefix } = open();
    world = createWorld({ log, clock: systemClock });
    await world.engine.start();
    await world.append('order-s1.1', add());
    await others.writeBinary(`${prefix}order-s1.1`);
    await world.append('account-s1.1', add());
    await eventually(() => reportOf('tabs')?.state === 'blocked');

    const reason = reportOf('tabs')?.blocked?.reason;
    expect(reason).toContain('expected an event with JSON data');
    expect(reason).toContain('order-s1.1');
    await world.caughtUp();
    expect(reportOf('accounts')?.state).toBe('live');
    const { unreadable } = await log.examineContent();
    expect(unreadable).toMatchObject({ count: 1, examples: [{ stream: 'order-s1.1' }] });
    const eventId = reportOf('tabs')?.blocked?.eventId ?? '';
    expect(eventId).toBe(unreadable.examples[0]?.id);
  });

  it('take the events that were truncated for no gap', async () => {
    const { log, prefix } = open();
    world = createWorld({ log, clock: systemClock });
    await world.append('order-s1.1', add(1), add(2), add(3));
    await others.setMetadata(`${prefix}order-s1.1`, { truncateBefore: 2 });
    await world.engine.start();
    await world.append('order-s1.1', add(4));
    await others.writeJson('order-42', { ...someMetadata() });
    await world.append('order-s1.2', add(5));
    await world.caughtUp();

    expect(await world.recorded('GapFound')).toEqual([]);
    await expectFolded(world);
  });
});
