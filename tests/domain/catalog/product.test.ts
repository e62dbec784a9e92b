import {
  productDecider,
  type ProductInput,
  skuDecider,
  skuKey,
} from '../../../src/domain/catalog/index.ts';
import { given } from '../../support/decider.ts';
import { modifierGroup, productCreated, productFields } from '../../support/product-builders.ts';

const INPUT: ProductInput = { name: 'Flat white', currency: 'EUR', priceMinor: 350 };
const productId = 'entity-1';
const create = (data: Partial<ProductInput> = {}) =>
  ({ type: 'CreateProduct', data: { ...INPUT, ...data } }) as const;
const deleted = { type: 'ProductDeleted', data: { productId, ...productFields() } } as const;

describe('A product', () => {
  it('is created for sale, without stock-keeping unless it says so', () => {
    given(productDecider, [])
      .when(create())
      .then([{ type: 'ProductCreated', data: { productId, ...productFields() } }]);
  });

  it('fills the rules of its groups of options', () => {
    const { required: _r, min: _m, max: _x, ...group } = modifierGroup();
    given(productDecider, [])
      .when(create({ modifierGroups: [{ ...group, required: true }] }))
      .then([
        productCreated({ modifierGroups: [modifierGroup({ required: true, min: 1, max: 2 })] }),
      ]);
  });

  it.each([
    ['a blank name', { name: '   ' }],
    [
      'one branch twice',
      { branchPrices: [1, 2].map((priceMinor) => ({ branchId: 'b', priceMinor })) },
    ],
    ['an allergen twice', { allergens: ['milk', 'milk'] }],
    [
      'a group that needs more than it allows',
      { modifierGroups: [modifierGroup({ min: 2, max: 1 })] },
    ],
    ['a required group of none', { modifierGroups: [modifierGroup({ required: true, min: 0 })] }],
    [
      'an option in two groups',
      { modifierGroups: [modifierGroup(), modifierGroup({ groupId: 'b' })] },
    ],
  ])('is rejected with %s', (_, data) => {
    given(productDecider, []).when(create(data)).thenRefused('invalid_request');
  });

  it('is rejected with a currency that does not exist', () => {
    given(productDecider, [])
      .when(create({ currency: 'XXY' }))
      .thenRefused('unknown_currency');
  });

  it('changes the given fields and keeps what they were', () => {
    given(productDecider, [productCreated({ description: 'Double shot' })])
      .when({ type: 'ChangeProduct', data: { priceMinor: 380, description: null } })
      .then([
        {
          type: 'ProductChanged',
          data: {
            productId,
            ...productFields({ priceMinor: 380 }),
            previous: { priceMinor: 350, description: 'Double shot' },
          },
        },
      ]);
  });

  it('cannot be changed into a malformed one', () => {
    given(productDecider, [productCreated()])
      .when({ type: 'ChangeProduct', data: { name: ' ' } })
      .thenRefused('invalid_request');
  });

  it('is deleted once, and then neither changes nor disappears', () => {
    given(productDecider, [productCreated()])
      .when({ type: 'DeleteProduct', data: { reason: 'Season' } })
      .then([{ type: 'ProductDeleted', data: { ...deleted.data, reason: 'Season' } }]);
    const after = given(productDecider, [productCreated(), deleted]);
    after.when({ type: 'DeleteProduct', data: {} }).thenRefused('product_deleted');
    after.when({ type: 'ChangeProduct', data: { active: false } }).thenRefused('product_deleted');
    after.when(create()).thenRefused('product_exists');
  });

  it('is restored as it was', () => {
    given(productDecider, [productCreated(), deleted])
      .when({ type: 'RestoreProduct', data: {} })
      .then([{ type: 'ProductRestored', data: { productId, ...productFields() } }]);
    given(productDecider, [productCreated()])
      .when({ type: 'RestoreProduct', data: {} })
      .thenRefused('product_not_deleted');
  });

  it('is unknown before it is created', () => {
    given(productDecider, [])
      .when({ type: 'DeleteProduct', data: {} })
      .thenRefused('product_not_found');
  });
});

describe('A sku', () => {
  const claimedAt = '2025-03-10T12:00:00.000Z';
  const claimed = (product: string) =>
    ({ type: 'SkuClaimed', data: { sku: 'A1', productId: product, claimedAt } }) as const;

  it('belongs to one product', () => {
    const command = { type: 'ClaimSku', data: { sku: 'A1', productId: 'p2' } } as const;
    given(skuDecider, [])
      .when(command)
      .then([claimed('p2')]);
    given(skuDecider, [claimed('p2')])
      .when(command)
      .then([claimed('p2')]);
    const refused = given(skuDecider, [claimed('p1')])
      .when(command)
      .thenRefused('sku_taken');
    expect(refused.details).toEqual({ sku: 'A1', productId: 'p1' });
  });

  it('is taken over only from the product that was named', () => {
    const command = {
      type: 'TakeOverSku',
      data: { sku: 'A1', productId: 'p2', from: 'p1' },
    } as const;
    given(skuDecider, [claimed('p1')])
      .when(command)
      .then([{ type: 'SkuClaimed', data: { ...claimed('p2').data, takenFrom: 'p1' } }]);
    given(skuDecider, [claimed('p3')])
      .when(command)
      .thenRefused('sku_taken');
  });

  it('is released by its product only', () => {
    const command = { type: 'ReleaseSku', data: { sku: 'A1', productId: 'p1' } } as const;
    given(skuDecider, [claimed('p1')])
      .when(command)
      .then([{ type: 'SkuReleased', data: { sku: 'A1', productId: 'p1' } }]);
    given(skuDecider, [claimed('p2')])
      .when(command)
      .then([]);
  });

  it('is the same in upper and lower case, and however its accents are written', () => {
    expect(skuKey('CAFÉ-1')).toBe(skuKey('cafe\u0301-1'));
  });
});
