import type { PaymentWork } from '../../commands/payments/payment-work.ts';
import type { StepRequest } from '../../engine/processes/durable/durable-process.ts';
import type { ProcessServices } from '../../engine/processes/process-manager.ts';

/** The identity under which a process works on payments. */
export function workOf(
  process: string,
  { storeId, correlationId, causationId }: StepRequest,
  services: ProcessServices,
): PaymentWork {
  return {
    ...services,
    provider: services.paymentProvider,
    connected: services.connectedPayments,
    storeId,
    envelope: { actor: { kind: 'process', id: process }, correlationId, causationId },
  };
}
