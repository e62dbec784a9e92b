import {
  chargeToAccount,
  isChargeDecided,
  returnToAccount,
} from '../../commands/settlement/settle-order.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { OrderEvent } from '../../domain/orders/index.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import type { Sequence } from '../../engine/commands/sequence.ts';
import type { ProcessServices, StatelessProcess } from '../../engine/processes/process-manager.ts';

/** Time in which the request that started a settlement nearly always finishes it. */
const REQUEST_MS = 2_000;

/**
 * Completes settlements between orders and accounts that a request started and has not finished
 * after its time. The request drives: a charge that it has finished costs one read here, and no
 * command. Both dispatch the same commands with the same ids, so each is carried out once even
 * where they overlap.
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
      if (
        event.type === 'AccountChargeRequested' &&
        !(await isChargeDecided(context, event.data))
      ) {
        await chargeToAccount(context, event.data);
      }
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
