import type { Decider } from '../kernel/decider.ts';
import { DomainError } from '../kernel/errors.ts';
import { type SkuCommand, skuCommands } from './commands.ts';
import { MAX_SKU_LENGTH, type SkuEvent } from './events.ts';

/** Which product has a sku, and since when. */
export interface SkuState {
  readonly productId: string | null;
  readonly claimedAt: string | null;
}

/** Two skus that differ only in case, or in how their accents are written, are the same. */
export function skuKey(sku: string): string {
  const key = sku.normalize('NFC').toLowerCase();
  if (key.length <= MAX_SKU_LENGTH) return key;
  throw new DomainError('invalid_request', `expected a sku of ${MAX_SKU_LENGTH} characters`, {
    field: 'sku',
    found: sku,
  });
}

function evolve(_: SkuState, event: SkuEvent): SkuState {
  switch (event.type) {
    case 'SkuClaimed':
      return { productId: event.data.productId, claimedAt: event.data.claimedAt };
    case 'SkuReleased':
      return { productId: null, claimedAt: null };
  }
}

/**
 * A sku of a shop: one stream each, so that two products can never have the same one. A release by
 * a product that no longer has it changes nothing.
 * @throws DomainError sku_taken, with the product that has it.
 */
export const skuDecider: Decider<SkuState, SkuCommand, SkuEvent> = {
  category: 'sku',
  version: 1,
  initialState: { productId: null, claimedAt: null },
  commands: skuCommands,
  decide(command, { productId: holder }, { now: claimedAt }) {
    const { sku, productId } = command.data;
    switch (command.type) {
      case 'ClaimSku':
        if (holder !== null && holder !== productId) throw taken(sku, holder);
        return [{ type: 'SkuClaimed', data: { sku, productId, claimedAt } }];
      case 'TakeOverSku': {
        const { from } = command.data;
        if (holder !== null && holder !== from && holder !== productId) throw taken(sku, holder);
        return [{ type: 'SkuClaimed', data: { sku, productId, claimedAt, takenFrom: from } }];
      }
      case 'ReleaseSku':
        return holder === productId ? [{ type: 'SkuReleased', data: { sku, productId } }] : [];
    }
  },
  evolve,
};

/** The error of a sku that another product has. */
export function taken(sku: string, productId: string): DomainError {
  return new DomainError('sku_taken', `sku ${sku} belongs to product ${productId}`, {
    sku,
    productId,
  });
}
