import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { onPayment, type PaymentWork } from '../../../src/commands/payments/payment-work.ts';
import { eventTypes } from '../../../src/domain/kernel/event-types.ts';
import { paymentEvents } from '../../../src/domain/payments/index.ts';
import { createCommandEngine } from '../../../src/engine/commands/command-engine.ts';
import { ENGINE_EVENT_TYPES } from '../../../src/engine/commands/engine-events.ts';
import type { PaymentProvider } from '../../../src/ports/payment-provider.ts';

export const PAYMENT = 'payment-1';

/** A payment of 10.00 that was requested, and the work on it through a provider. */
export async function openWork(provider: PaymentProvider): Promise<PaymentWork> {
  const clock = systemClock;
  const ids = systemIds;
  const log = createMemoryEventLog({ clock, ids });
  const types = eventTypes(ENGINE_EVENT_TYPES, paymentEvents.types);
  const commands = createCommandEngine({ log, clock, ids, types });
  const work: PaymentWork = {
    ...{ commands, clock, ids, storeId: 'a', provider },
    calendar: { businessDay: () => '2026-11-30' },
    envelope: {
      actor: { kind: 'process', id: 'payments' },
      correlationId: 'test',
      causationId: 'test',
    },
  };
  await onPayment(work, PAYMENT, 'request', {
    type: 'RequestPayment',
    data: { orderId: 'order-1', method: 'credit_card', amountMinor: 1_000, currency: 'EUR' },
  });
  return work;
}
