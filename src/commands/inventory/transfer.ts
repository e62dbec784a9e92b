import type { StockPlace } from '../../domain/inventory/index.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import { type Sequence, stepId } from '../../engine/commands/sequence.ts';
import { stepStock, type StockResult } from './stock.ts';

/**
 * Puts into the other place what has left the first one. Its id derives from the transfer, so the
 * request and the process that completes it after a crash do it once.
 */
export function transferIn(
  sequence: Sequence,
  { productId, locationId }: StockPlace,
  transfer: {
    readonly transferId: string;
    readonly toLocationId: string;
    readonly quantity: number;
  },
): Promise<StockResult> {
  const { transferId, toLocationId, quantity } = transfer;
  const to = { productId, locationId: toLocationId };
  const data = { transferId, fromLocationId: locationId, quantity };
  const id = stepId(sequence, `in ${transferId}`);
  return stepStock(sequence, id, to, { type: 'TransferIn', data });
}

/** @throws DomainError transfer_to_itself. */
export function assertOtherPlace(from: string, to: string): void {
  if (from !== to) return;
  const message = `expected a transfer to another place than ${from}`;
  throw new DomainError('transfer_to_itself', message, { locationId: from });
}
