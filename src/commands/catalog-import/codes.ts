import type { Outcome } from '../square-import/outcomes.ts';

interface ItemCode {
  readonly outcome: Outcome;
  /** What the person who imports can do. */
  readonly action: string;
}

/**
 * Why the import itself passes a product over. An item can also have a code of the error table,
 * when a rule refuses it. docs/reference/errors.md documents both.
 */
export const PRODUCT_CODES = {
  invalid_product: { outcome: 'invalid', action: 'Correct the field, and import it again.' },
  product_without_key: {
    outcome: 'invalid',
    action: 'Give it a sku or a productId, so that a repeated import finds it again.',
  },
  duplicate_in_import: {
    outcome: 'invalid',
    action: 'Keep one of the two, or give them different skus.',
  },
  category_path_too_deep: {
    outcome: 'invalid',
    action: 'Name a category, and at most one subcategory of it.',
  },
  currency_differs: {
    outcome: 'refused',
    action: 'The currency of a product stays. Import it with another sku.',
  },
  no_fixed_price: {
    outcome: 'skipped',
    action: 'Give it a fixed price above 0 at Square, or add it here by hand.',
  },
  deleted_object: {
    outcome: 'skipped',
    action: 'Delete the product here, if it is to go here too.',
  },
  part_of_items: {
    outcome: 'skipped',
    action: 'Nothing to do: it is imported with the items that use it.',
  },
  not_a_product: { outcome: 'skipped', action: 'Nothing to do: it is no part of the catalogue.' },
} as const satisfies Record<string, ItemCode>;

export type ProductCode = keyof typeof PRODUCT_CODES;

/** What to do about a refusal by a rule, by its code in the error table. */
const RULE_ACTIONS: Readonly<Record<string, string>> = {
  sku_taken: 'Another product has this sku. Change one of the two.',
  product_deleted: 'Restore the product, and import it again.',
  unknown_currency: 'Correct the currency to a code of ISO 4217.',
  internal: 'Import it again. If it fails again, report its place and the time.',
};

/** What to do about an item with that code. */
export function productActionFor(code: string): string {
  if (Object.hasOwn(PRODUCT_CODES, code)) return PRODUCT_CODES[code as ProductCode].action;
  return RULE_ACTIONS[code] ?? PRODUCT_CODES.invalid_product.action;
}
