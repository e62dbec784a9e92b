import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import {
  Currency,
  described,
  eventData,
  Id,
  Instant,
  Minor,
  Note,
  oneOf,
  Positive,
  strict,
  Text,
} from '../kernel/schema.ts';

/**
 * Whether stock is kept for a product. `negative-allowed`: sales go on when there is none left, and
 * each of them raises an alert.
 */
export const STOCK_POLICIES = ['none', 'tracked', 'negative-allowed'] as const;
export type StockPolicy = (typeof STOCK_POLICIES)[number];

export const MAX_SKU_LENGTH = 100;
export const MAX_BRANCH_PRICES = 200;
export const MAX_MODIFIER_GROUPS = 20;
/** Options of one group. */
export const MAX_OPTIONS = 100;
export const MAX_CHOICES = 1_000;
export const MAX_ALLERGENS = 50;
export const MAX_IMAGES = 20;
/** Subcategories, and products, that go with one category. */
export const MAX_CASCADE = 5_000;

export const ProductName = Type.String({ minLength: 1, maxLength: 255 });
/** Without blanks at its ends. */
export const Sku = Type.String({
  minLength: 1,
  maxLength: MAX_SKU_LENGTH,
  pattern: '^\\S(.*\\S)?$',
  description: 'Article number, unique in the shop; upper and lower case are the same.',
});
export const ImageUrl = Type.String({
  pattern: '^https://[^\\s/?#@]+([/?#]\\S*)?$',
  maxLength: 2_000,
  description: 'Address of an image: https, and without credentials.',
});
export const Allergen = Type.String({ minLength: 1, maxLength: 100 });

export const BranchPrice = strict({
  branchId: described(Id, 'The branch.'),
  priceMinor: described(Positive, 'Its price there, instead of the general one.'),
});

export const ModifierOption = strict({
  modifierId: described(Id, 'The option; unique in the product.'),
  name: ProductName,
  priceMinor: described(Minor, 'What it adds to the price of one unit.'),
});

const choices = (description: string) =>
  Type.Integer({ minimum: 0, maximum: MAX_CHOICES, description });

/** `required` when `min` is above 0. */
const ModifierGroup = strict({
  groupId: described(Id, 'The group; unique in the product.'),
  name: ProductName,
  required: Type.Boolean({ description: 'At least one option must be chosen.' }),
  min: choices('Fewest options that must be chosen.'),
  max: choices('Most options that can be chosen.'),
  options: Type.Array(ModifierOption, { minItems: 1, maxItems: MAX_OPTIONS }),
});

/** All that is known about a product. Each event holds it as it is after the event. */
const product = {
  name: described(ProductName, 'Its name.'),
  description: Type.Optional(described(Note, 'Its description.')),
  sku: Type.Optional(Sku),
  currency: described(Currency, 'ISO 4217 code of its prices.'),
  priceMinor: described(Positive, 'Its price, in minor units, where its branch has no other.'),
  branchPrices: Type.Array(BranchPrice, {
    maxItems: MAX_BRANCH_PRICES,
    description: 'Prices of branches that differ from the general one.',
  }),
  categoryId: Type.Optional(described(Id, 'The category or subcategory.')),
  modifierGroups: Type.Array(ModifierGroup, {
    maxItems: MAX_MODIFIER_GROUPS,
    description: 'Options that can be chosen with it, in groups with their rules.',
  }),
  allergens: Type.Array(Allergen, { maxItems: MAX_ALLERGENS, description: 'What it contains.' }),
  images: Type.Array(ImageUrl, { maxItems: MAX_IMAGES, description: 'Addresses of its images.' }),
  taxClass: Type.Optional(described(ProductName, 'Class by which taxes are chosen.')),
  stockPolicy: oneOf(STOCK_POLICIES, 'Whether stock is kept, and whether it may be negative.'),
  active: Type.Boolean({ description: 'Whether it is for sale.' }),
};

const about = { productId: described(Id, 'The product.') };
const cascade = {
  cascadeId: Type.Optional(described(Id, 'The deletion of the category that it belongs to.')),
};
const Before = described(
  Type.Partial(strict(product)),
  'What the changed fields were before; one that was not set is absent.',
);

export const productEvents = defineEvents({
  ProductCreated: eventData('A product was added to the catalogue.', { ...about, ...product }),
  ProductChanged: eventData(
    'A product was changed. Orders placed before keep the price they were placed at.',
    { ...about, ...product, previous: Before },
  ),
  ProductDeleted: eventData('A product was deleted. It can be restored.', {
    ...about,
    ...product,
    reason: Type.Optional(described(Text, 'Why, in words.')),
    ...cascade,
  }),
  ProductRestored: eventData('A deleted product was restored.', {
    ...about,
    ...product,
    ...cascade,
  }),
});

export const skuEvents = defineEvents({
  SkuClaimed: eventData('A sku was given to a product: no other product can have it.', {
    sku: Sku,
    productId: described(Id, 'The product that has it now.'),
    claimedAt: described(Instant, 'When it was claimed, in UTC.'),
    takenFrom: Type.Optional(
      described(Id, 'The product that had claimed it, and that did not use it.'),
    ),
  }),
  SkuReleased: eventData('A product no longer has the sku: another product can have it.', {
    sku: Sku,
    productId: described(Id, 'The product that had it.'),
  }),
});

const categoryId = described(Id, 'The category.');
const categoryName = described(ProductName, 'Its name.');
const Ids = (description: string) => Type.Array(Id, { maxItems: MAX_CASCADE, description });
const cascaded = {
  cascadeId: described(Id, 'The deletion: what went with it names it too.'),
  subcategoryIds: Ids('Subcategories that go with it.'),
  productIds: Ids('Products that go with it.'),
};

export const categoryEvents = defineEvents({
  CategoryCreated: eventData('A category of products was added.', {
    categoryId,
    name: categoryName,
    parentId: Type.Optional(described(Id, 'The category that this is a subcategory of.')),
  }),
  CategoryRenamed: eventData('A category was renamed.', {
    categoryId,
    name: categoryName,
    previousName: described(ProductName, 'Its name before.'),
  }),
  CategoryDeleted: eventData('A category was deleted, with what is in it. It can be restored.', {
    categoryId,
    name: categoryName,
    reason: Type.Optional(described(Text, 'Why, in words.')),
    ...cascaded,
  }),
  CategoryRestored: eventData('A deleted category was restored, with what went with it.', {
    categoryId,
    name: categoryName,
    ...cascaded,
  }),
});

/** Parts of products that documents repeat. */
export const PRODUCT_FIELDS = product;

export type ProductFields = Static<ReturnType<typeof strict<typeof product>>>;
export type ModifierGroup = Static<typeof ModifierGroup>;
export type ModifierOption = Static<typeof ModifierOption>;
export type BranchPrice = Static<typeof BranchPrice>;

export type ProductEvent = EventOf<typeof productEvents>;
export type CategoryEvent = EventOf<typeof categoryEvents>;
export type SkuEvent = EventOf<typeof skuEvents>;
