import type { Product } from '../../../src/domain/catalog/index.ts';
import {
  type CatalogueFacts,
  type LineInput,
  orderDeciderWith,
  type PlaceOrder,
  type PricedLine,
} from '../../../src/domain/orders/index.ts';
import { CONTEXT, given } from '../../support/decider.ts';
import { modifierGroup, product } from '../../support/product-builders.ts';

const GROUP = modifierGroup();

interface Setting extends Partial<CatalogueFacts> {
  readonly offered?: Partial<Product>;
}

function ordering(line: Partial<LineInput>, { offered, ...facts }: Setting = {}) {
  const products = new Map([['product-1', product({ modifierGroups: [GROUP], ...offered })]]);
  const lines = [{ productId: 'product-1', quantity: '2', ...line }];
  const command: PlaceOrder = { type: 'PlaceOrder', data: { currency: 'EUR', lines } };
  const decider = orderDeciderWith({ products, mayOverridePrices: false, ...facts });
  return { decider, command };
}

function placing(...args: Parameters<typeof ordering>) {
  const { decider, command } = ordering(...args);
  return given(decider, []).when(command);
}

/** The line of the order that is placed. */
function placed(...args: Parameters<typeof ordering>): PricedLine | undefined {
  const { decider, command } = ordering(...args);
  const [event] = decider.decide(command, decider.initialState, CONTEXT);
  return event?.type === 'OrderPlaced' ? event.data.lines[0] : undefined;
}

describe('A line with a product', () => {
  it('captures name and price of the catalogue', () => {
    const line = placed({});
    expect(line).toMatchObject({ productId: 'product-1', name: 'Flat white', unitPriceMinor: 350 });
    expect(line?.totalMinor).toBe(700);
  });

  it('captures the price of its branch', () => {
    const offered = { branchPrices: [{ branchId: 'airport', priceMinor: 450 }] };
    expect(placed({}, { offered, branchId: 'airport' })?.unitPriceMinor).toBe(450);
    expect(placed({}, { offered, branchId: 'town' })?.unitPriceMinor).toBe(350);
    expect(placed({}, { offered })?.unitPriceMinor).toBe(350);
  });

  it('captures the price of chosen options', () => {
    const line = placed({ modifiers: [{ modifierId: 'oat' }] });
    expect(line?.modifiers).toMatchObject([{ name: 'Oat milk', unitPriceMinor: 50 }]);
    expect(line?.totalMinor).toBe(800);
  });

  it('refuses another price by name', () => {
    const { details } = placing({ unitPriceMinor: 1 }).thenRefused('price_differs');
    expect(details).toMatchObject({ field: 'lines[0].unitPriceMinor', expected: 350, found: 1 });
    placing({ modifiers: [{ modifierId: 'oat', unitPriceMinor: 0 }] }).thenRefused('price_differs');
  });

  it('accepts the same price, and another one from a caller who may override it', () => {
    expect(placed({ unitPriceMinor: 350 })?.listPriceMinor).toBeUndefined();
    const overridden = placed({ unitPriceMinor: 300 }, { mayOverridePrices: true });
    expect(overridden).toMatchObject({ unitPriceMinor: 300, listPriceMinor: 350 });
  });

  it('refuses a product that is not for sale, and one of another currency', () => {
    placing({}, { offered: { status: 'deleted' } }).thenRefused('product_unavailable');
    placing({}, { offered: { active: false } }).thenRefused('product_unavailable');
    placing({}, { offered: { currency: 'USD' } }).thenRefused('currency_mismatch');
  });

  it('does not exist without its product', () => {
    placing({ productId: 'nothing' }).thenRefused('product_not_found');
  });

  it('follows the rules of its options', () => {
    const both = [{ modifierId: 'oat' }, { modifierId: 'soy' }];
    placing({ modifiers: both }).thenRefused('modifier_rule_broken');
    placing({ modifiers: [{ modifierId: 'oat', quantity: 2 }] }).thenRefused(
      'modifier_rule_broken',
    );
    placing({ modifiers: [{ modifierId: 'cream' }] }).thenRefused('modifier_not_found');
    const required = [modifierGroup({ required: true, min: 1 })];
    placing({}, { offered: { modifierGroups: required } }).thenRefused('modifier_rule_broken');
  });

  it('takes a free modifier beside its options', () => {
    const line = placed({ modifiers: [{ name: 'Extra hot', unitPriceMinor: 0 }] });
    expect(line?.modifiers).toMatchObject([{ name: 'Extra hot', unitPriceMinor: 0 }]);
  });
});

describe('A line without a product', () => {
  it('needs a name and a price', () => {
    const free = (line: Partial<LineInput>) =>
      given(orderDeciderWith({ products: new Map(), mayOverridePrices: true }), []).when({
        type: 'PlaceOrder',
        data: { currency: 'EUR', lines: [{ quantity: '1', ...line }] },
      });
    expect(free({ name: 'Tea' }).thenRefused('invalid_request').details).toMatchObject({
      field: 'lines[0].unitPriceMinor',
    });
    expect(free({ unitPriceMinor: 1 }).thenRefused('invalid_request').details).toMatchObject({
      field: 'lines[0].name',
    });
  });
});
