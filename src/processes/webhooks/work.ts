import type { ProviderWork } from '../../commands/webhooks/webhook-work.ts';
import type { StepRequest } from '../../engine/processes/durable/durable-process.ts';
import { sequenceOf } from '../../engine/processes/durable/step-sequence.ts';
import type { ProcessServices } from '../../engine/processes/process-manager.ts';
import { NO_CONNECTIONS } from '../../ports/provider-client.ts';

/** The identity under which a process works with providers. */
export const providerWork = (
  process: string,
  request: StepRequest,
  services: ProcessServices,
): ProviderWork => ({
  sequence: sequenceOf(process, request, services),
  connections: services.connections ?? NO_CONNECTIONS,
  random: () => services.ids.random(),
});
