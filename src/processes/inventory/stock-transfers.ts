import { transferIn } from '../../commands/inventory/transfer.ts';
import type { StockEvent } from '../../domain/inventory/index.ts';
import type { StatelessProcess } from '../../engine/processes/process-manager.ts';

/** Time in which the request that started a transfer nearly always finishes it. */
const REQUEST_MS = 2_000;

/**
 * Completes transfers whose goods have left one place and may not have reached the other: the
 * request that began one dispatches the same command with the same id.
 */
export const stockTransfers: StatelessProcess = {
  name: 'stock-transfers',
  categories: ['stock'],
  delayMs: REQUEST_MS,
  eventTypes: ['StockTransferredOut'],
  async react(recorded, services) {
    const event = recorded as unknown as StockEvent;
    if (event.type !== 'StockTransferredOut') return;
    const { metadata, recordedAt, id } = recorded;
    const { storeId, commandId, correlationId } = metadata;
    const sequence = {
      ...services,
      commandId,
      context: { storeId, now: recordedAt, businessDay: recordedAt.slice(0, 10) },
      envelope: {
        actor: { kind: 'process', id: 'stock-transfers' } as const,
        correlationId,
        causationId: id,
      },
    };
    await transferIn(sequence, event.data, event.data);
  },
};
