import type {
  ModifierGroup,
  Product,
  ProductEvent,
  ProductFields,
} from '../../src/domain/catalog/index.ts';

/** A group of which at most one option can be chosen. */
export function modifierGroup(data: Partial<ModifierGroup> = {}): ModifierGroup {
  return {
    groupId: 'milk',
    name: 'Milk',
    required: false,
    min: 0,
    max: 1,
    options: [
      { modifierId: 'oat', name: 'Oat milk', priceMinor: 50 },
      { modifierId: 'soy', name: 'Soy milk', priceMinor: 40 },
    ],
    ...data,
  };
}

/** A product of 3.50 EUR, without options. */
export function productFields(data: Partial<ProductFields> = {}): ProductFields {
  return {
    name: 'Flat white',
    currency: 'EUR',
    priceMinor: 350,
    branchPrices: [],
    modifierGroups: [],
    allergens: [],
    images: [],
    stockPolicy: 'none',
    active: true,
    ...data,
  };
}

export function product(data: Partial<Product> = {}): Product {
  const { status = 'live', productId = 'product-1', ...fields } = data;
  return { status, productId, ...productFields(fields) };
}

export function productCreated(data: Partial<ProductFields> = {}): ProductEvent {
  return { type: 'ProductCreated', data: { productId: 'entity-1', ...productFields(data) } };
}
