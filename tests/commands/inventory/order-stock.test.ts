import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import {
  confirmNeeds,
  releaseNeeds,
  reserveNeeds,
  restockNeeds,
  stockNeeds,
} from '../../../src/commands/inventory/order-stock.ts';
import { checkAvailability, placeAt, stepStock } from '../../../src/commands/inventory/stock.ts';
import { productDecider } from '../../../src/domain/catalog/index.ts';
import { eventTypes } from '../../../src/domain/kernel/event-types.ts';
import { createCommandEngine } from '../../../src/engine/commands/command-engine.ts';
import { ENGINE_EVENT_TYPES } from '../../../src/engine/commands/engine-events.ts';
import { dispatch, type Sequence } from '../../../src/engine/commands/sequence.ts';
import { catalog } from '../../../src/features/catalog.ts';
import { inventory } from '../../../src/features/inventory.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const NOW = '2026-11-30T09:00:00.000Z';

/** A shop with these units of each product on hand. */
async function shopWith(stock: Readonly<Record<string, number>>) {
  const clock = createFakeClock(undefined, { autoAdvance: true });
  const log = createMemoryEventLog({ clock, ids: systemIds });
  const types = eventTypes(catalog.events.types, inventory.events.types, ENGINE_EVENT_TYPES);
  const commands = createCommandEngine({ log, clock, ids: systemIds, types });
  const as = (commandId: string): Sequence => ({
    commands,
    clock,
    commandId,
    context: { storeId: 's1', now: NOW, businessDay: '2026-11-30' },
    envelope: { actor: { kind: 'key', id: 'k' }, correlationId: 'c', causationId: 'c' },
  });
  for (const [productId, quantity] of Object.entries(stock)) {
    const prices = { currency: 'EUR', priceMinor: 100 };
    const data = { name: productId, ...prices, stockPolicy: 'tracked' } as const;
    const id = `create ${productId}`;
    const command = { type: 'CreateProduct', data } as const;
    await dispatch(as(id), id, productDecider, productId, command);
    const replenish = { type: 'Replenish', data: { quantity } } as const;
    await stepStock(as('setup'), `in ${productId}`, placeAt(productId), replenish);
  }
  const levels = async (productId: string) => {
    const place = placeAt(productId);
    const { onHand, reserved } = await checkAvailability({ commands }, 's1', place, 1, NOW);
    return [onHand, reserved];
  };
  return { as, levels };
}

describe('The stock of an order', () => {
  it('is refused as a whole when two lines of one product need more than there is', async () => {
    const { as, levels } = await shopWith({ beans: 9, cups: 3 });
    const lines = ['beans', 'cups', 'cups'].map((productId) => ({ productId, quantity: '2' }));
    const needs = await stockNeeds(as('order'), 's1', lines);
    expect(needs).toEqual([
      { productId: 'beans', quantity: 2 },
      { productId: 'cups', quantity: 4 },
    ]);
    const order = { reservationId: 'order', needs };
    const refused = await reserveNeeds(as('order'), order, 600);
    expect(refused).toMatchObject({ outcome: 'refused', code: 'insufficient_stock' });
    expect(await reserveNeeds(as('order'), order, 600)).toEqual(refused);
    expect([await levels('beans'), await levels('cups')]).toEqual([
      [9, 0],
      [3, 0],
    ]);
  });

  it('is taken in one sequence by all orders, so that two cannot keep it from each other', async () => {
    const { as } = await shopWith({ beans: 1, cups: 1, pots: 1 });
    const needsOf = async (...ids: readonly string[]) => {
      const lines = ids.map((productId) => ({ productId, quantity: '1' }));
      return (await stockNeeds(as('order'), 's1', lines)).map(({ productId }) => productId);
    };
    expect(await needsOf('pots', 'beans', 'cups')).toEqual(await needsOf('cups', 'pots', 'beans'));
  });

  it('is confirmed once, and released once', async () => {
    const { as, levels } = await shopWith({ beans: 5 });
    const needs = [{ productId: 'beans', quantity: 2 }];
    for (const id of ['first', 'second']) {
      const outcome = await reserveNeeds(as(id), { reservationId: id, needs }, 600);
      expect(outcome).toEqual({ outcome: 'reserved' });
    }
    const [first, second] = ['first', 'second'].map((reservationId) => ({ reservationId, needs }));
    if (!first || !second) throw new Error('expected two orders');
    for (let i = 0; i < 2; i++) {
      expect(await confirmNeeds(as('first'), first, 600)).toEqual([]);
    }
    for (let i = 0; i < 2; i++) await releaseNeeds(as('second'), second);
    expect(await levels('beans')).toEqual([3, 0]);
  });

  it('is taken again where its reservation has ended, unless others have it', async () => {
    const { as, levels } = await shopWith({ beans: 5, cups: 2 });
    const needs = [
      { productId: 'beans', quantity: 2 },
      { productId: 'cups', quantity: 2 },
    ];
    const order = { reservationId: 'order', needs };
    await reserveNeeds(as('order'), order, 600);
    await releaseNeeds(as('too late'), order);
    await reserveNeeds(as('other'), { reservationId: 'other', needs: needs.slice(1) }, 600);
    for (let i = 0; i < 2; i++) {
      expect(await confirmNeeds(as('confirm'), order, 600)).toEqual(['cups']);
    }
    expect([await levels('beans'), await levels('cups')]).toEqual([
      [3, 0],
      [2, 2],
    ]);
    for (let i = 0; i < 2; i++) await restockNeeds(as('back'), needs.slice(0, 1), 'order');
    expect(await levels('beans')).toEqual([5, 0]);
  });

  it('needs whole units of products with stock-keeping', async () => {
    const { as } = await shopWith({ beans: 5 });
    const lines = [{ productId: 'beans', quantity: '0.5' }, { quantity: '1' }];
    await expect(stockNeeds(as('order'), 's1', lines)).rejects.toMatchObject({
      code: 'fractional_quantity',
    });
  });
});
