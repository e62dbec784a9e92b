import { type Static, type TSchema, Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import {
  Currency,
  described,
  Id,
  Note,
  oneOf,
  optional,
  Positive,
  strict,
  Text,
  type Value,
} from '../kernel/schema.ts';
import {
  Allergen,
  BranchPrice,
  ImageUrl,
  MAX_ALLERGENS,
  MAX_BRANCH_PRICES,
  MAX_CASCADE,
  MAX_CHOICES,
  MAX_IMAGES,
  MAX_MODIFIER_GROUPS,
  MAX_OPTIONS,
  ModifierOption,
  ProductName,
  Sku,
  STOCK_POLICIES,
} from './events.ts';

/** Two names of which each character is escaped. */
const MAX_CATEGORY_PATH_LENGTH = 1_024;

const choices = (description: string) =>
  optional(Type.Integer({ minimum: 0, maximum: MAX_CHOICES, description }));

const ModifierGroupInput = strict({
  groupId: Id,
  name: ProductName,
  required: optional(Type.Boolean({ description: 'At least one option; by default `min` > 0.' })),
  min: choices('Fewest options; by default 1 when required, else 0.'),
  max: choices('Most options; by default as many as there are.'),
  options: Type.Array(ModifierOption, { minItems: 1, maxItems: MAX_OPTIONS }),
});

const lists = {
  branchPrices: optional(Type.Array(BranchPrice, { maxItems: MAX_BRANCH_PRICES })),
  modifierGroups: optional(Type.Array(ModifierGroupInput, { maxItems: MAX_MODIFIER_GROUPS })),
  allergens: optional(Type.Array(Allergen, { maxItems: MAX_ALLERGENS })),
  images: optional(Type.Array(ImageUrl, { maxItems: MAX_IMAGES })),
  stockPolicy: optional(oneOf(STOCK_POLICIES, 'Whether stock is kept; `none` by default.')),
  active: optional(Type.Boolean({ description: 'Whether it is for sale; true by default.' })),
};

/** `null` removes the value. */
const clearable = <S extends TSchema>(schema: S) => optional(Type.Union([schema, Type.Null()]));

const ProductInput = strict({
  name: ProductName,
  description: optional(Note),
  sku: optional(Sku),
  currency: Currency,
  priceMinor: Positive,
  categoryId: optional(Id),
  taxClass: optional(ProductName),
  ...lists,
});

const ProductChanges = strict(
  {
    name: optional(ProductName),
    description: clearable(Note),
    sku: clearable(Sku),
    priceMinor: optional(Positive),
    categoryId: clearable(Id),
    taxClass: clearable(ProductName),
    ...lists,
  },
  { minProperties: 1 },
);

/** A product of an import: what is absent stays as it is, and `null` removes it. */
export const ProductRow = strict({
  productId: optional(described(Id, 'The product, where its sku is not known.')),
  name: optional(ProductName),
  description: clearable(Note),
  sku: clearable(Sku),
  currency: optional(Currency),
  priceMinor: optional(Positive),
  category: clearable(
    Type.String({
      minLength: 1,
      maxLength: MAX_CATEGORY_PATH_LENGTH,
      description:
        'Names of the category and, after a slash, its subcategory: Drinks/Hot. A backslash before a slash keeps it in a name.',
    }),
  ),
  taxClass: clearable(ProductName),
  ...lists,
});

const cascadeId = optional(described(Id, 'The deletion of its category.'));

export const productCommands = defineCommands({
  /** Adds the product whose id is the command's entity. Its sku has been claimed before. */
  CreateProduct: ProductInput,
  /** Changes the given fields; those that are absent stay. */
  ChangeProduct: ProductChanges,
  DeleteProduct: strict({ reason: optional(Text), cascadeId }),
  RestoreProduct: strict({ cascadeId }),
});

export const skuCommands = defineCommands({
  ClaimSku: strict({ sku: Sku, productId: Id }),
  /** Takes a sku from a product that claimed it and does not use it. */
  TakeOverSku: strict({ sku: Sku, productId: Id, from: Id }),
  ReleaseSku: strict({ sku: Sku, productId: Id }),
});

export const categoryCommands = defineCommands({
  CreateCategory: strict({
    name: ProductName,
    parentId: optional(described(Id, 'The category that it is a subcategory of.')),
  }),
  RenameCategory: strict({ name: ProductName }),
  /** What goes with it was looked up before, so that one event says all of it. */
  DeleteCategory: strict({
    reason: optional(Text),
    cascadeId: Id,
    subcategoryIds: Type.Array(Id, { maxItems: MAX_CASCADE }),
    productIds: Type.Array(Id, { maxItems: MAX_CASCADE }),
  }),
  RestoreCategory: strict({}),
});

export type ModifierGroupInput = Static<typeof ModifierGroupInput>;
export type ProductInput = Value<typeof ProductInput>;
export type ProductChanges = Value<typeof ProductChanges>;
export type ProductRow = Value<typeof ProductRow>;

export type ProductCommand = CommandOf<typeof productCommands>;
export type CategoryCommand = CommandOf<typeof categoryCommands>;
export type SkuCommand = CommandOf<typeof skuCommands>;
