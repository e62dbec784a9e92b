import {
  chargeToAccount,
  isFinalRefusal,
  returnToAccount,
  type Settlement,
} from '../../commands/settlement/settle-order.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { OrderEvent } from '../../domain/orders/index.ts';
import type { ProcessManager, ProcessServices } from '../../engine/processes/process-manager.ts';

/**
 * Completes between order and account what a request has begun and may not have finished. It gives
 * the very commands that the request gives, so whoever is faster is the one who did it.
 */
export const settlement: ProcessManager = {
  name: 'settlement',
  categories: ['order'],
  eventTypes: ['AccountChargeRequested', 'OrderRefunded'],
  async react(recorded, services) {
    const event = recorded as unknown as OrderEvent;
    const on = settlementOf(recorded, services);
    try {
      if (event.type === 'AccountChargeRequested') await chargeToAccount(on, event.data);
      if (event.type === 'OrderRefunded') await returnToAccount(on, event.data);
    } catch (error) {
      // The account said no and the order has recorded it: that is an answer, and all is settled.
      if (!isFinalRefusal(error)) throw error;
    }
  },
};

function settlementOf(recorded: RecordedEvent, services: ProcessServices): Settlement {
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
