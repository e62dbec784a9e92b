import type { CategoryEvent, ProductEvent, SkuEvent } from '../../domain/catalog/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { formatMoney } from '../../domain/kernel/format-money.ts';

/** What an event of a product means, in one plain sentence. */
export function describeProductEvent(event: ProductEvent | CommandRefused): string {
  switch (event.type) {
    case 'ProductCreated': {
      const { name, priceMinor, currency } = event.data;
      return `Created ${name} at ${formatMoney(priceMinor, currency)}`;
    }
    case 'ProductChanged':
      return changeWords(event.data);
    case 'ProductDeleted': {
      const { name, reason } = event.data;
      return `Deleted ${name}${reason === undefined ? '' : `: ${reason}`}`;
    }
    case 'ProductRestored':
      return `Restored ${event.data.name}`;
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}

function changeWords({
  name,
  priceMinor,
  currency,
  previous,
}: Extract<ProductEvent, { type: 'ProductChanged' }>['data']): string {
  if (previous.priceMinor !== undefined && previous.priceMinor !== priceMinor) {
    const before = formatMoney(previous.priceMinor, currency);
    return `Changed ${name}: price ${formatMoney(priceMinor, currency)} (before: ${before})`;
  }
  const fields = Object.keys(previous);
  return fields.length === 0 ? `Changed ${name}` : `Changed ${name}: ${fields.join(', ')}`;
}

/** What an event of a category means, in one plain sentence. */
export function describeCategoryEvent(event: CategoryEvent | CommandRefused): string {
  switch (event.type) {
    case 'CategoryCreated': {
      const { name, parentId } = event.data;
      return parentId === undefined
        ? `Created category ${name}`
        : `Created subcategory ${name} of ${parentId}`;
    }
    case 'CategoryRenamed':
      return `Renamed category ${event.data.previousName} to ${event.data.name}`;
    case 'CategoryDeleted':
      return `Deleted category ${event.data.name} with ${contentOf(event.data)}`;
    case 'CategoryRestored':
      return `Restored category ${event.data.name} with ${contentOf(event.data)}`;
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}

function contentOf({
  subcategoryIds,
  productIds,
}: Pick<
  Extract<CategoryEvent, { type: 'CategoryDeleted' }>['data'],
  'subcategoryIds' | 'productIds'
>): string {
  return `${subcategoryIds.length} subcategories and ${productIds.length} products`;
}

/** What an event of a sku means, in one plain sentence. */
export function describeSkuEvent(event: SkuEvent | CommandRefused): string {
  switch (event.type) {
    case 'SkuClaimed':
      return `Sku ${event.data.sku} was given to product ${event.data.productId}`;
    case 'SkuReleased':
      return `Sku ${event.data.sku} was released by product ${event.data.productId}`;
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}
