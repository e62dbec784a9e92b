import { formatInstant } from '../../../domain/kernel/instant.ts';
import type { Sequence } from '../../commands/sequence.ts';
import type { ProcessServices } from '../process-manager.ts';
import type { StepRequest } from './durable-process.ts';

/** The commands of a step: their ids derive from its own, which every attempt has. */
export function sequenceOf(
  process: string,
  { storeId, stepId, correlationId, causationId }: Omit<StepRequest, 'data'>,
  { commands, clock, calendar }: ProcessServices,
): Sequence {
  const nowMs = clock.now();
  return {
    commands,
    clock,
    commandId: stepId,
    context: {
      storeId,
      now: formatInstant(nowMs),
      businessDay: calendar.businessDay(storeId, nowMs),
    },
    envelope: { actor: { kind: 'process', id: process }, correlationId, causationId },
  };
}
