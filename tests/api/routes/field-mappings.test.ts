import { openShop, type Shop } from './support/shop.ts';

const BASE = '/integrations/square';
const PATH = `${BASE}/mappings`;
const NAMED = { 'event.name': 'item.name', 'event.price': 'item.variation.price' };

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.stop());

describe('The mapping of fields', () => {
  it('is set, shown, taken back and removed', async () => {
    expect((await shop.get(PATH)).body['code']).toBe('field_mappings_not_found');
    const first = await shop.put(PATH, { mappings: NAMED });
    expect([first.status, first.body['version'], first.body['mappings']]).toEqual([200, 1, NAMED]);
    const longer = { ...NAMED, 'customer.email': 'customer.email_address' };
    await shop.put(PATH, { mappings: longer });
    expect((await shop.get(PATH)).body).toMatchObject({ version: 2, mappings: longer });

    const undone = await shop.post(`${PATH}/undo`, {});
    expect([undone.body['version'], undone.body['mappings']]).toEqual([3, NAMED]);

    expect((await shop.remove(PATH, {})).status).toBe(403);
    expect((await shop.remove(PATH, {}, { role: 'admin' })).status).toBe(200);
    expect((await shop.get(PATH)).body).toMatchObject({ version: 4, mappings: null });
    expect((await shop.remove(PATH, {}, { role: 'admin' })).status).toBe(404);
  });

  it('is refused with all faults at once, and nothing changes', async () => {
    const answer = await shop.put(PATH, { mappings: { 'event.age': 'item.name' } });
    expect(answer.body).toMatchObject({
      code: 'field_mappings_invalid',
      details: {
        faults: [
          'event.age is not a field of the shop',
          'item.variation.price is required by square and has no source',
        ],
      },
    });
    expect((await shop.get(PATH)).body).not.toMatchObject({ mappings: {} });
    const unknown = await shop.put('/integrations/mercadopago/mappings', { mappings: NAMED });
    expect(unknown.status).toBe(400);
  });

  it('is taken from a template, whose uses are counted', async () => {
    const applied = await shop.post(`${PATH}/template`, { venueType: 'theater' });
    expect(applied.body).toMatchObject({ templateId: 'square-theater', version: 1 });
    const own = { name: 'Two stages', venueType: 'festival', mappings: NAMED };
    expect((await shop.post(`${BASE}/templates`, own)).status).toBe(200);
    expect((await shop.post(`${BASE}/templates`, own)).body['code']).toBe(
      'mapping_template_exists',
    );

    const { body } = await shop.get(`${BASE}/templates`);
    const items = body['items'] as Record<string, unknown>[];
    expect(items.find(({ templateId }) => templateId === 'square-theater')).toMatchObject({
      usageCount: 1,
      isBuiltIn: true,
    });
    expect(items.at(-1)).toMatchObject({ name: 'Two stages', usageCount: 0, isBuiltIn: false });
    await shop.put(PATH, { mappings: NAMED });
    expect((await shop.get(PATH)).body).not.toHaveProperty('templateId');
  });

  it('is healed with every change reported', async () => {
    await shop.put(PATH, { mappings: NAMED });
    expect((await shop.post(`${PATH}/heal`, {})).body).toMatchObject({ version: 1 });
    const targets = ['item.title.name', 'ITEM.VARIATION.PRICE'];
    const { body } = await shop.post(`${PATH}/heal`, { targets });
    expect(body).toMatchObject({
      version: 2,
      mappings: { 'event.name': 'item.title.name', 'event.price': 'ITEM.VARIATION.PRICE' },
      changes: [
        { from: 'item.name', to: 'item.title.name', rule: 'same-ending' },
        { from: 'item.variation.price', to: 'ITEM.VARIATION.PRICE', rule: 'exact' },
      ],
    });
  });

  it('shows what an order becomes, with the customer only as the caller may see it', async () => {
    const customer = await shop.post('/customers', {
      ...{ name: 'Marta Ruiz', email: 'marta@mail.example', currency: 'USD' },
    });
    const order = await shop.post('/orders', {
      currency: 'USD',
      customerId: customer.body['customerId'],
      lines: [{ name: 'Espresso', quantity: '2', unitPriceMinor: 300 }],
    });
    const mappings = {
      ...{ 'event.name': 'Item.Name', 'event.price': 'Item.UnitPrice' },
      ...{ 'customer.email': 'Customer.PrimaryEmailAddr.Address' },
    };
    const ask = (role: 'manager' | 'viewer') =>
      shop.post(
        '/integrations/quickbooks/mappings/preview',
        { orderId: order.body['orderId'], mappings },
        { role },
      );

    const { status, body } = await ask('manager');
    expect(status).toBe(200);
    expect(body['result']).toMatchObject({
      Item: { Name: 'Espresso', UnitPrice: 3 },
      Customer: { PrimaryEmailAddr: { Address: 'marta@mail.example' } },
      transaction: { amount: 6 },
    });
    expect(body['faults']).toEqual([
      'Customer.DisplayName is required by quickbooks and has no source',
    ]);
    const orderId = order.body['orderId'];
    const path = '/integrations/quickbooks/mappings/preview';
    const ofOther = await shop.post(path, { orderId, mappings }, { store: 'b' });
    expect(ofOther.body['code']).toBe('order_not_found');
    const masked = await ask('viewer');
    expect(JSON.stringify(masked.body)).not.toContain('marta@mail.example');
    expect(masked.body['result']).toMatchObject({ Item: { Name: 'Espresso' } });
  });
});
