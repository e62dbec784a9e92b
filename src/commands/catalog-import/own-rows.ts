import type { ProductRow } from '../../domain/catalog/index.ts';
import { type ImportEntry, passedOver } from './import-item.ts';

/** An item of a list in a request, and the JSON pointer to it. */
export interface ListItem {
  readonly value: unknown;
  readonly path: string;
}

/** What is wrong with a row of our own form; undefined when its form is right. */
export type RowCheck = (
  value: unknown,
) => { readonly path: string; readonly message: string } | undefined;

/** Products in our own form. */
export function ownRows(items: readonly ListItem[], check: RowCheck): ImportEntry[] {
  return items.map(({ value, path }, index) => {
    const wrong = check(value);
    if (!wrong) return { index, path, row: value as ProductRow };
    const failure = passedOver('invalid_product', `${path}${wrong.path}`, wrong.message);
    return { index, path, failure };
  });
}
