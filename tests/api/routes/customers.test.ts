import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { openAccount, openShop, type Shop } from './support/shop.ts';

const STORES = [
  { name: 'sqlite', options: {} },
  { name: 'memory', options: { wrapReadStore: () => createMemoryReadStore() } },
];

describe.each(STORES)('customers on $name', ({ options }) => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop(options);
  });
  afterEach(() => shop.stop());

  const namesAt = async (path: string, store = 'a') => {
    const { status, body } = await shop.get(path, { store });
    expect({ path, status }).toEqual({ path, status: 200 });
    return (body['items'] as { name: string }[]).map(({ name }) => name);
  };
  const search = (text: string, store = 'a') =>
    namesAt(`/customers?search=${encodeURIComponent(text)}`, store);
  const open = (...people: readonly (readonly [name: string, phone?: string])[]) =>
    Promise.all(
      people.map(([name, phone]) => openAccount(shop, { name, ...(phone && { phone }) })),
    );
  const change = (customerId: string, json: unknown, key?: string) =>
    shop.put(`/customers/${customerId}`, json, { ...(key !== undefined && { key }) });

  it('are listed in the order of names as people know it', async () => {
    await open(['Zoe'], ['ábaco'], ['Ábel'], ['abril'], ['bruno'], ['Ana B'], ['Ana']);
    const ordered = ['ábaco', 'Ábel', 'abril', 'Ana', 'Ana B', 'bruno', 'Zoe'];
    expect(await namesAt('/customers')).toEqual(ordered);
    const { body } = await shop.get('/customers?limit=3');
    const cursor = encodeURIComponent(body['nextCursor'] as string);
    expect(await namesAt(`/customers?cursor=${cursor}`)).toEqual(ordered.slice(3));
    const [first] = body['items'] as Record<string, unknown>[];
    expect(first).not.toHaveProperty('sortName');
  });

  it('are found by the beginning of any word, whatever its case and accents', async () => {
    await open(['José Ángel Muñoz'], ['Josefa Díaz'], ['Mariana Munro'], ['Otto']);
    expect(await search('jose')).toEqual(['José Ángel Muñoz', 'Josefa Díaz']);
    expect(await search('MUN')).toEqual(['José Ángel Muñoz', 'Mariana Munro'].sort());
    expect(await search('ang mun')).toEqual(['José Ángel Muñoz']);
    expect(await search('díaz')).toEqual(['Josefa Díaz']);
    expect(await search('uñoz')).toEqual([]);
    expect((await shop.get('/customers?search=%2A')).body['code']).toBe('invalid_request');
  });

  it('are found once, though several of their words begin in the same way', async () => {
    await open(['Mar Marta Marina'], ['Martin']);
    expect(await search('mar')).toEqual(['Mar Marta Marina', 'Martin']);
  });

  it('are found by any part of the phone number', async () => {
    await open(['Ana', '+34 600-123-456'], ['Bea', '0034 600 999 000'], ['Cleo']);
    expect(await search('600 123')).toEqual(['Ana']);
    expect(await search('0600999')).toEqual(['Bea']);
    expect(await search('3456')).toEqual(['Ana']);
    expect((await search('600')).sort()).toEqual(['Ana', 'Bea']);
    expect(await search('ana 600')).toEqual(['Ana']);
  });

  it('are found page by page, and never in another shop', async () => {
    await open(['Marco'], ['Maria'], ['Marta'], ['Martin'], ['Mary']);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await shop.get(`/customers?search=mar&limit=2${cursor}`);
      seen.push(...(body['items'] as { name: string }[]).map(({ name }) => name));
      if (body['nextCursor'] === undefined) break;
      cursor = `&cursor=${encodeURIComponent(body['nextCursor'] as string)}`;
    }
    expect(seen).toEqual(['Marco', 'Maria', 'Marta', 'Martin', 'Mary']);
    expect(await search('mar', 'b')).toEqual([]);
  });

  it('can be edited, and are found by what they are called now', async () => {
    const [customerId = ''] = await open(['Marta Ruiz', '+34 600 111 222']);
    const changed = await change(customerId, { name: 'Marta Ruiz García', phone: '' });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ customerId, name: 'Marta Ruiz García', revision: 1 });
    expect(changed.body).not.toHaveProperty('phone');
    const { body } = await shop.get(`/customers/${customerId}`);
    expect(body).toMatchObject({ name: 'Marta Ruiz García', revision: 1 });
    expect(body).not.toHaveProperty('phone');
    expect(await search('garcia')).toEqual(['Marta Ruiz García']);
    expect(await search('ruiz')).toEqual(['Marta Ruiz García']);
    expect(await search('600111')).toEqual([]);
    const [report] = await shop.world.app.services.projections.audit({
      ...{ projection: 'customer-search', heal: false },
    });
    expect(report?.damages).toEqual([]);
  });

  it('answer a repeated edit as the first time, and keep both names in the history', async () => {
    const [customerId = ''] = await open(['Marta']);
    const first = await change(customerId, { name: 'Ruth' }, 'edit-1');
    await change(customerId, { name: 'Rahel' });
    const again = await change(customerId, { name: 'Ruth' }, 'edit-1');
    expect(again.body).toEqual(first.body);
    const same = await change(customerId, { name: 'Rahel' }, 'edit-3');
    await change(customerId, { name: 'Rebekka' });
    expect((await change(customerId, { name: 'Rahel' }, 'edit-3')).body).toEqual(same.body);
    const changes = await shop.get(`/history/customers/${customerId}/changes?from=0`);
    expect(changes.body['changes']).toMatchObject([{ text: 'name: Marta became Rebekka' }]);
    const { body } = await shop.get(`/history?entity=${customerId}`);
    const summaries = (body['items'] as { summary: string }[]).map(({ summary }) => summary);
    expect(summaries[1]).toBe('Contact changed: Ruth (before: Marta)');
  });

  it('are edited by those who may manage customers, and only where there are any', async () => {
    const [customerId = ''] = await open(['Marta']);
    const till = await shop.put(`/customers/${customerId}`, { name: 'X' }, { role: 'till' });
    expect(till.status).toBe(403);
    expect((await change('nobody', { name: 'X' })).body['code']).toBe('account_not_found');
    expect((await change(customerId, {})).status).toBe(400);
    expect((await change(customerId, { name: ' ' })).status).toBe(400);
  });
});
