import {
  commandRecipient,
  eraseRecipient,
  loadRecipient,
} from '../../../src/commands/notifications/recipients.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import {
  type RecipientCommand,
  recipientDecider,
  recipientId,
} from '../../../src/domain/notifications/index.ts';
import type { Sequence } from '../../../src/engine/commands/sequence.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { openShop, type Shop } from './support/shop.ts';

const PERSON = 'marta';
const EMAIL = 'marta@example.org';
const stream = (period: number) => streamName('recipient', 'a', recipientId(PERSON, period));

const change = (topic: string, allowed: boolean) => ({
  personId: PERSON,
  choices: [{ topic, channel: 'email', allowed }],
});
const update = (more: object = {}) => ({
  topic: 'shipping-update',
  personId: PERSON,
  contact: { email: EMAIL },
  variables: { orderNumber: '7', trackingNumber: 'TN-1' },
  ...more,
});

/** All events of a stream. */
async function readStream(log: EventLog, name: string): Promise<readonly RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for (;;) {
    const page = await log.readStream(name, { from: all.length, limit: 10_000 });
    if (page.length === 0) return all;
    all.push(...page);
  }
}

describe('A person with more messages than one stream has room for', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.stop());

  const sequence = (commandId: string): Sequence => ({
    commands: shop.world.app.services.commands,
    clock: shop.world.app.services.clock,
    commandId,
    context: { storeId: 'a', now: '2030-01-31T00:00:00.000Z', businessDay: '2030-01-31' },
    envelope: { actor: { kind: 'system', id: 'test' }, correlationId: 'c', causationId: 'c' },
  });
  const ask = (id: string, command: RecipientCommand) =>
    commandRecipient(sequence(id), PERSON, command);
  const eventsOf = (period: number) => readStream(shop.world.log, stream(period));
  const stateOf = () => loadRecipient(shop.world.app.services.commands, 'a', PERSON);

  /** As its last command does. */
  async function close(period: number) {
    const { context, envelope, commands } = sequence(`close ${period}`);
    await commands.execute(recipientDecider, {
      command: { type: 'ClosePeriod', data: {} },
      context: { ...context, entityId: recipientId(PERSON, period), commandId: `close ${period}` },
      ...envelope,
    });
  }

  async function closeFirst() {
    await shop.post('/notification-preferences', change('welcome', false), { key: 'first' });
    await ask('bounce', {
      type: 'ReportBounce',
      data: { channel: 'sms', address: '+34600000000', deliveryId: 'd-1' },
    });
    for (let i = 0; i < 20; i++) await shop.post('/notifications', update());
    await ask('bounce by e-mail', {
      type: 'ReportBounce',
      data: { channel: 'email', address: 'old@example.org', deliveryId: 'd-2' },
    });
    await close(1);
    await shop.post('/notification-preferences', change('marketing', true));
  }

  it('keeps choices, bounces and the limit of the day, and is sent to for ever', async () => {
    await closeFirst();
    const [opened] = await eventsOf(2);
    expect(opened?.type).toBe('RecipientPeriodOpened');
    expect(JSON.stringify(opened?.data)).not.toContain('old@example.org');

    const limited = await shop.post('/notifications', update());
    expect(limited.body['suppressed']).toEqual([{ channel: 'email', reason: 'limit' }]);
    const marketing = update({ topic: 'marketing', contact: { email: 'old@example.org' } });
    const variables = { title: 't', details: 'd' };
    const bounced = await shop.post('/notifications', { ...marketing, variables });
    expect(bounced.body['suppressed']).toEqual([{ channel: 'email', reason: 'bouncing' }]);
    const found = await shop.get(`/notification-preferences/${PERSON}`);
    expect(found.body).toMatchObject({ personId: PERSON, bouncing: ['email', 'sms'] });
    expect(found.body['choices']).toHaveLength(2);
    const listed = await shop.get('/notification-preferences');
    expect(listed.body['items']).toHaveLength(1);
  });

  it('gets the stored result of a command of the first period, and If-Match for the last', async () => {
    await closeFirst();
    const before = (await eventsOf(1)).length;
    const again = await shop.post('/notification-preferences', change('welcome', false), {
      key: 'first',
    });
    expect([again.status, (await eventsOf(1)).length]).toEqual([200, before]);
    const other = await shop.post('/notification-preferences', change('welcome', true), {
      key: 'first',
    });
    expect(other.body['code']).toBe('idempotency_key_reused');
    const { headers } = await shop.get(`/notification-preferences/${PERSON}`);
    const ifMatch = { 'If-Match': headers.get('etag') ?? '' };
    const matched = await shop.post('/notification-preferences', change('welcome', true), {
      headers: ifMatch,
    });
    const late = await shop.post('/notification-preferences', change('welcome', false), {
      headers: ifMatch,
    });
    expect([matched.status, late.body['code']]).toEqual([200, 'precondition_failed']);
  });

  it('goes on when the instance that closed a period ended before it opened the next', async () => {
    await shop.post('/notification-preferences', change('welcome', false));
    await close(1);
    expect((await stateOf()).choices).toHaveLength(1);
    const all = Array.from({ length: 5 }, () => shop.post('/notifications', update()));
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(all.map(() => 202));
    expect((await eventsOf(2)).filter(({ type }) => type === 'RecipientPeriodOpened')).toHaveLength(
      1,
    );
    expect(await eventsOf(3)).toEqual([]);
  });

  it('is erased in all periods, and stays erased', async () => {
    await closeFirst();
    await eraseRecipient(sequence('erase'), PERSON, 'asked for');
    await eraseRecipient(sequence('erase'), PERSON, 'asked for');
    for (const period of [1, 2]) {
      const erased = (await eventsOf(period)).filter(({ type }) => type === 'RecipientErased');
      expect(erased).toHaveLength(1);
    }
    await close(2);
    const asked = await shop.post(
      '/notifications',
      update({ topic: 'alert', variables: { title: 't', details: 'd' } }),
    );
    expect(asked.body['suppressed']).toEqual([{ channel: 'email', reason: 'erased' }]);
    const next = await shop.post('/notifications', update());
    expect(next.body['suppressed']).toEqual([{ channel: 'email', reason: 'erased' }]);
    expect((await eventsOf(3))[0]).toMatchObject({ data: { isErased: true, bouncing: [] } });
  });
});
