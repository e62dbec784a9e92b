import { type PlannedStep, processId } from '../../../domain/kernel/processes/events.ts';
import type { CancelSignal } from '../../../lib/cancellation.ts';
import type { PriorityTurns } from '../../../lib/priority-turns.ts';
import { isFinalRefusal } from '../../commands/final-refusal.ts';
import type { ProcessServices } from '../process-manager.ts';
import type { DurableProcess, ProcessInput } from './durable-process.ts';
import type { InstanceState } from './instance-state.ts';
import type { InstanceRef } from './records.ts';

/** Tries of a step in a row; afterwards operators see it as stuck. */
const MAX_ATTEMPTS = 8;

export interface StepRunnerOptions {
  readonly process: DurableProcess;
  readonly services: ProcessServices;
  readonly stopping: CancelSignal;
  readonly turns: PriorityTurns;
  /** The pause before the next of some tries. */
  readonly pause: (attempt: number) => Promise<void>;
}

/** What came of a step: its result for the process, or why it is left for later. */
export type StepOutcome =
  | { readonly input: ProcessInput }
  | { readonly reason: string; readonly attempts: number }
  | 'stopping';

/** Carries out one step, with retries. */
export type StepRunner = (
  ref: InstanceRef,
  planned: PlannedStep,
  state: InstanceState,
) => Promise<StepOutcome>;

export function createStepRunner(options: StepRunnerOptions): StepRunner {
  const { process, services, stopping, turns, pause } = options;

  async function carryOut(
    ref: InstanceRef,
    { step, kind, data }: PlannedStep,
    { correlationId, lastEventId }: InstanceState,
  ): Promise<ProcessInput> {
    const id = processId(process.name, ref.instance);
    const handler = process.handlers[kind];
    if (!handler) throw new Error(`expected a handler for steps of kind ${kind}`);
    const request = {
      ...ref,
      step,
      data,
      stepId: `${id} ${step}`,
      correlationId: correlationId ?? id,
      causationId: lastEventId ?? id,
    };
    try {
      return { kind: 'accepted', step, result: await handler(request, services) };
    } catch (error) {
      if (!isFinalRefusal(error)) throw error;
      return { kind: 'refused', step, code: error.code, message: error.message };
    }
  }

  /** @returns why it failed, or its result. */
  async function tryOnce(
    ref: InstanceRef,
    planned: PlannedStep,
    state: InstanceState,
  ): Promise<ProcessInput | string> {
    const release = await turns.acquire(state.priority);
    try {
      return await carryOut(ref, planned, state);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      release();
    }
  }

  return async (ref, planned, state) => {
    for (let attempts = 1; !stopping.aborted; attempts++) {
      const tried = await tryOnce(ref, planned, state);
      if (typeof tried !== 'string') return { input: tried };
      const fields = { process: process.name, ...ref, step: planned.step, attempts, reason: tried };
      services.logger.warn(fields, 'step of a process failed; retrying');
      if (attempts >= MAX_ATTEMPTS) return { reason: tried, attempts };
      await pause(attempts);
    }
    return 'stopping';
  };
}
