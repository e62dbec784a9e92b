import { streamName } from '../../../src/domain/kernel/names.ts';
import { openAccount, openShop, type Shop } from './support/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.stop());

const OLD = 1;
const FUTURE = 9;

/** Appends an event to an account as a broken or newer Tillstream would have. */
async function spoil(customerId: string, schemaVersion: number, data: unknown): Promise<string> {
  const stream = streamName('account', 'a', customerId);
  const events = await shop.world.log.readStream(stream);
  const last = events.at(-1);
  if (!last) throw new Error('expected an account');
  const id = `spoiled-${customerId}`;
  await shop.world.log.append(stream, last.revision, [
    { id, type: 'DebtOpened', data, metadata: { ...last.metadata, schemaVersion } },
  ]);
  return id;
}

describe.each([
  ['of a newer version', FUTURE, { anything: true }],
  ['whose data cannot be folded', OLD, null],
])('an event %s', (_, version, data) => {
  it('makes writes of its stream fail with a final error that names it', async () => {
    const customerId = await openAccount(shop);
    const eventId = await spoil(customerId, version, data);
    const payment = { method: 'cash', amountMinor: 100, currency: 'USD' };
    const { status, body } = await shop.post(`/customers/${customerId}/payments`, payment);
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { code: 'unreadable_event', retryable: false },
    });
    expect(body['detail']).toContain(eventId);
    expect(body['detail']).toContain('Run the Tillstream version that wrote it');
    const other = await openAccount(shop);
    expect((await shop.post(`/customers/${other}/payments`, payment)).status).toBe(201);
  });

  it('is shown in the history as it is stored, and earlier moments stay readable', async () => {
    const customerId = await openAccount(shop);
    const eventId = await spoil(customerId, version, data);
    const listed = await shop.world.call('GET', `/history?entity=${customerId}`);
    expect([listed.status, listed.text.includes(eventId)]).toEqual([200, true]);
    const items = listed.body['items'] as { data: unknown; summary: string }[];
    expect(items.at(-1)).toMatchObject({ data, type: 'DebtOpened' });
    const path = `/history/customers/${customerId}`;
    const before = await shop.world.call('GET', `${path}?asOf=0`);
    expect([before.status, before.body['revision']]).toEqual([200, 0]);
    const now = await shop.world.call('GET', path);
    expect([now.status, now.body['code']]).toEqual([409, 'unreadable_event']);
    expect(now.body['detail']).toContain(eventId);
  });
});
