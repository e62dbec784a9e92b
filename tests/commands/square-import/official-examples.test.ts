import { openShop, type Shop } from '../../api/routes/support/shop.ts';
import { OFFICIAL_ORDERS } from '../../support/square/orders.ts';
import { importing } from './support.ts';

/** What happens to each of Square's own examples with an order; those without an id are no sales. */
const EXPECTED: Readonly<Record<string, object>> = {
  CreateOrderResponse: { outcome: 'imported' },
  RetrieveOrderResponse: { outcome: 'imported' },
  CalculateOrderRequest: { outcome: 'invalid', code: 'order_without_id', path: '/order/id' },
  CalculateOrderResponse: { outcome: 'invalid', code: 'order_without_id', path: '/order/id' },
  CreateOrderRequest: { outcome: 'invalid', code: 'order_without_id', path: '/order/id' },
  UpdateOrderRequest: { outcome: 'invalid', code: 'order_without_id', path: '/order/id' },
};

describe("Square's own examples", () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.stop());

  it('are all expected here', () => {
    expect(Object.keys(OFFICIAL_ORDERS).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(Object.keys(OFFICIAL_ORDERS))(
    '%s is imported, or passed over with a code',
    async (name) => {
      const { items } = await importing(shop, OFFICIAL_ORDERS[name]);

      expect(items).toMatchObject([EXPECTED[name]]);
      if (items[0]?.outcome !== 'imported') expect(items[0]?.action).toBeDefined();
    },
  );

  it.each(Object.keys(OFFICIAL_ORDERS))(
    'the order of %s adds up once it has an id',
    async (name) => {
      const order = OFFICIAL_ORDERS[name]?.order;
      const { items } = await importing(shop, [{ ...order, id: name }]);

      // A request has no state, and no amounts that Square computed.
      const isRequest = name.endsWith('Request');
      expect(items).toMatchObject([{ outcome: isRequest ? 'invalid' : 'imported' }]);
      if (isRequest) expect(items).toMatchObject([{ code: 'invalid_order', path: '/0/state' }]);
    },
  );
});
