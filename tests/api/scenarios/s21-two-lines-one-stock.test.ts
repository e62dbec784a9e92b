import { openDay, type ShopDay } from './support/shop-day.ts';

/** Two lines of an order take from one stock: they are reserved together or not at all. */
describe('S21: two lines, one stock', () => {
  let day: ShopDay;
  beforeAll(async () => {
    day = await openDay();
  });
  afterAll(() => day.stop());

  it.each([
    [3, [2, 2]],
    [1, [1, 1]],
    [10, [5, 3, 3]],
  ])('refuses an order of which %i units are too few as a whole: %j', async (units, quantities) => {
    const both = await day.product(units);
    const plenty = await day.product(100);
    const charges = day.simulated.simulator.payments().length;
    const lines = quantities.map((quantity) => [both, quantity] as const);
    const orderId = await day.order([[plenty, 7], ...lines]);

    expect(await day.ended(orderId)).toMatchObject({ ending: 'compensated' });
    expect(await day.stock(both)).toEqual([units, 0]);
    expect(await day.stock(plenty)).toEqual([100, 0]);
    const { body } = await day.shop.get(`/orders/${orderId}`);
    expect(body).toMatchObject({ status: 'CANCELLED', paidMinor: 0 });
    expect(day.simulated.simulator.payments()).toHaveLength(charges);
  });

  it('sells exactly what there is over two lines', async () => {
    const both = await day.product(4);
    const orderId = await day.order([
      [both, 2],
      [both, 2],
    ]);
    expect(await day.ended(orderId)).toMatchObject({ ending: 'completed' });
    expect(await day.stock(both)).toEqual([0, 0]);
    const taken = (await day.movements(both)).filter((kind) => kind === 'confirmed');
    expect(taken).toHaveLength(1);
  });

  it('gives the units to one of many orders that need the same of two products at once', async () => {
    const one = await day.product(3);
    const other = await day.product(3);
    const there = [[one, 2] as const, [other, 2] as const];
    const back = [...there].reverse();
    const orders = await Promise.all(
      Array.from({ length: 8 }, (_, i) => day.order(i % 2 === 0 ? there : back)),
    );
    const endings: unknown[] = [];
    for (const orderId of orders) endings.push((await day.ended(orderId))['ending']);
    expect(endings.filter((ending) => ending === 'completed')).toHaveLength(1);
    expect(await day.stock(one)).toEqual([1, 0]);
    expect(await day.stock(other)).toEqual([1, 0]);
  });
});
