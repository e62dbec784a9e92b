import { chargeToAccount, returnToAccount } from '../../commands/settlement/settle-order.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { OrderEvent } from '../../domain/orders/index.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import type { Sequence } from '../../engine/commands/sequence.ts';
import type { ProcessServices, StatelessProcess } from '../../engine/processes/process-manager.ts';

/** Time in which the request that started a settlement nearly always finishes it. */
const REQUEST_MS = 2_000;

/**
 * Completes settlements between orders and accounts that a request started and may not have
 * finished. It dispatches the same commands with the same ids as the request, so each is carried
 * out once, and the slower of the two gets the stored result.
 */
export const settlement: StatelessProcess = {
  name: 'settlement',
  categories: ['order'],
  delayMs: REQUEST_MS,
  eventTypes: ['AccountChargeRequested', 'OrderRefunded'],
  async react(recorded, services) {
    const event = recorded as unknown as OrderEvent;
    const context = sequenceOf(recorded, services);
    try {
      if (event.type === 'AccountChargeRequested') await chargeToAccount(context, event.data);
      if (event.type === 'OrderRefunded') await returnToAccount(context, event.data);
    } catch (error) {
      // The order has recorded that the account refused the charge: the settlement is complete.
      if (!isFinalRefusal(error)) throw error;
    }
  },
};

function sequenceOf(recorded: RecordedEvent, services: ProcessServices): Sequence {
  const { metadata, data, recordedAt, id } = recorded;
  const { storeId, commandId, correlationId } = metadata;
  const { businessDay } = data as { businessDay: string };
  return {
    ...services,
    commandId,
    context: { storeId, now: recordedAt, businessDay },
    envelope: {
      actor: { kind: 'process', id: 'settlement' },
      correlationId,
      causationId: id,
    },
  };
}
