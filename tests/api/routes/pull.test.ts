import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { canonicalJson } from '../../../src/domain/kernel/fingerprint.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { openAccount, openShop, placeSale, saleOf, type Shop } from './support/shop.ts';

interface Pulled {
  readonly id: string;
  readonly entity: string;
  readonly revision: number;
  readonly type: string;
  readonly data: unknown;
}
interface Page {
  readonly items: readonly Pulled[];
  readonly cursor: string;
  readonly prevChecksum: string;
  readonly checksum: string;
  readonly upToDate: boolean;
  readonly mustRefetch?: { readonly reason: string; readonly resumeAt: string };
}

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
  for (let i = 0; i < 5; i++) await placeSale(shop, 100 + i);
  await openAccount(shop, { name: 'Marta Long' });
  await shop.post('/orders', saleOf(900), { store: 'b' });
});
afterAll(() => shop.stop());

type Who = Parameters<Shop['get']>[1];
async function pull(query: Record<string, string> = {}, who: Who = {}) {
  return shop.get(`/sync/pull?${new URLSearchParams(query).toString()}`, who);
}
const pageOf = async (query: Record<string, string> = {}, who: Who = {}) => {
  const { status, body, text } = await pull(query, who);
  if (status !== 200) throw new Error(`expected 200, found ${status} ${text}`);
  return body as unknown as Page;
};

/** All pages, as a device stores them. */
async function all(query: Record<string, string>, who: Who = {}) {
  const items: Pulled[] = [];
  let checksum = '';
  let page = await pageOf(query, who);
  for (;;) {
    expect(page.prevChecksum).toBe(checksum);
    if (page.items.length > 0) {
      checksum = systemDigest.sha256(`${checksum}\n${canonicalJson(page.items)}`);
    }
    expect(page.checksum).toBe(checksum);
    items.push(...page.items);
    if (page.upToDate) return { items, cursor: page.cursor, checksum };
    page = await pageOf({ ...query, cursor: page.cursor, checksum }, who);
  }
}

describe('A pull', () => {
  it('gets whole entities of its own shop, page by page, with a checksum over all of them', async () => {
    const whole = await all({ limit: '500' });
    const small = await all({ limit: '2' });

    expect(small.items).toEqual(whole.items);
    expect(whole.items.filter(({ type }) => type === 'OrderPlaced')).toHaveLength(5);
    const revisions = new Map<string, number[]>();
    for (const { entity, revision } of whole.items) {
      revisions.set(entity, [...(revisions.get(entity) ?? []), revision]);
    }
    for (const found of revisions.values()) expect(found).toEqual([...found.keys()]);
    const other = await all({}, { store: 'b' });
    const ids = new Set(whole.items.map(({ id }) => id));
    expect(other.items.some(({ id }) => ids.has(id))).toBe(false);
    expect(other.items.filter(({ type }) => type === 'OrderPlaced')).toHaveLength(1);
  });

  it('goes on with its cursor, which moves past what it may not see', async () => {
    const { cursor } = await all({});
    await shop.post('/orders', saleOf(500), { store: 'b' });
    const nothing = await pageOf({ cursor });
    expect(nothing).toMatchObject({ items: [], upToDate: true });
    expect(nothing.cursor).not.toBe(cursor);
    const orderId = await placeSale(shop, 777);
    const news = await pageOf({ cursor: nothing.cursor });
    expect(news.items[0]).toMatchObject({ entity: `order:${orderId}`, type: 'OrderPlaced' });
  });

  it('masks names for those who must not see them, and gives no accounts to others', async () => {
    const accounts = (items: readonly Pulled[]) =>
      items.filter(({ entity }) => entity.startsWith('account:'));
    const till = accounts((await all({}, { role: 'till' })).items);
    const device = accounts((await all({}, { role: 'device' })).items);

    expect(JSON.stringify(till)).toContain('Marta Long');
    expect(device).toHaveLength(till.length);
    expect(JSON.stringify(device)).not.toContain('Marta');
  });

  it('refuses a cursor that was changed, or is of another shop, by name', async () => {
    const { cursor } = await pageOf({ limit: '1' });
    const [said = '', signature = ''] = cursor.split('.');
    const fields = JSON.parse(Buffer.from(said, 'base64url').toString()) as string[];
    const moved = fields.with(2, '0.0');
    const changed = [
      `${Buffer.from(JSON.stringify(moved)).toString('base64url')}.${signature}`,
      `${said}.${'0'.repeat(64)}`,
      said,
      `${cursor}.x`,
      'x',
    ];
    for (const text of changed) {
      expect((await pull({ cursor: text })).body).toMatchObject({ code: 'cursor_invalid' });
    }
    const theirs = await pull({ cursor }, { store: 'b' });
    expect(theirs).toMatchObject({ status: 403, body: { code: 'cursor_of_other_shop' } });
  });

  it('begins again where its scope or its checksum is another one', async () => {
    const { cursor } = await all({});
    const waiter = await pageOf({ cursor }, { role: 'device' });
    expect(waiter).toMatchObject({ items: [], mustRefetch: { reason: 'scope' } });
    const wrong = await pageOf({ cursor, checksum: 'a'.repeat(64) });
    expect(wrong.mustRefetch).toMatchObject({ reason: 'checksum' });
    const again = await all({ cursor: wrong.mustRefetch?.resumeAt ?? '' });
    expect(again.items.length).toBeGreaterThan(5);
  });
});

describe('A pull from a restored server', () => {
  it('begins again where the device has seen what the older log has not', async () => {
    let hidden = 0;
    const restored = (log: EventLog): EventLog =>
      Object.assign(Object.create(log) as EventLog, {
        readAt: async (position: Parameters<EventLog['readAt']>[0]) => {
          const event = await log.readAt(position);
          return event && hidden > 0 ? { ...event, id: 'another-event' } : event;
        },
      });
    const world = await openShop({ wrapLog: restored });
    await placeSale(world, 100);
    const { cursor } = (await world.get('/sync/pull')).body as unknown as Page;
    const before = (await world.get(`/sync/pull?cursor=${cursor}`)).body as unknown as Page;
    expect(before.mustRefetch).toBeUndefined();
    hidden = 1;
    const after = (await world.get(`/sync/pull?cursor=${cursor}`)).body as unknown as Page;
    expect(after).toMatchObject({ items: [], mustRefetch: { reason: 'generation' } });
    await world.stop();
  });
});
