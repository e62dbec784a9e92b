import { DomainError } from '../../../domain/kernel/errors.ts';
import type { Actor } from '../../../domain/kernel/event.ts';
import { formatInstant } from '../../../domain/kernel/instant.ts';
import { processId } from '../../../domain/kernel/processes/events.ts';
import type { AnyDeciderOf } from '../../commands/command-engine.ts';
import { followUp } from '../../commands/follow-up.ts';
import type { ProcessServices } from '../process-manager.ts';
import type { DurableProcess, ProcessInput } from './durable-process.ts';
import { inputData, INSTANCE, reactionDecider, stuckDecider } from './instance-decider.ts';
import type { InstanceState } from './instance-state.ts';

/** One process of one shop. */
export interface InstanceRef {
  readonly storeId: string;
  readonly instance: string;
}

/** Why something is recorded. */
export interface Cause {
  /** Id of the command that records it: the same input has the same id. */
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** Of a timer: the time for which it was set. */
  readonly firedAt?: string;
}

/** What an instance is after a command on its stream. */
export interface Recorded {
  readonly state: InstanceState;
  /** It was recorded before. */
  readonly repeated: boolean;
}

/** Reads and writes the streams of one process. */
export interface InstanceRecords {
  /** Records the reaction to an input; a repeat of the input gets the instance as it is now. */
  react(ref: InstanceRef, input: ProcessInput, cause: Cause): Promise<Recorded>;
  /** The instance, read from the log. */
  look(ref: InstanceRef): Promise<InstanceState>;
  stuck(
    ref: InstanceRef,
    failure: { readonly step: string; readonly reason: string; readonly attempts: number },
  ): Promise<void>;
}

const MAX_REASON_LENGTH = 500;

export function createInstanceRecords(
  process: DurableProcess,
  services: ProcessServices,
): InstanceRecords {
  const { clock, calendar } = services;
  const actor: Actor = { kind: 'process', id: process.name };

  async function execute(
    decider: AnyDeciderOf<InstanceState, never, never>,
    { storeId, instance }: InstanceRef,
    data: object,
    cause: Cause,
  ): Promise<Recorded> {
    const now = clock.now();
    const { state, repeated } = await followUp(services, decider, {
      command: { type: 'React', data } as never,
      context: {
        storeId,
        entityId: processId(process.name, instance),
        commandId: cause.commandId,
        now: formatInstant(now),
        businessDay: calendar.businessDay(storeId, now),
      },
      actor,
      correlationId: cause.correlationId,
      causationId: cause.causationId,
    });
    return { state, repeated };
  }

  async function look({ storeId, instance }: InstanceRef): Promise<InstanceState> {
    const id = processId(process.name, instance);
    return (await services.commands.load(INSTANCE, storeId, id)).state;
  }

  return {
    look,
    async react(ref, input, cause) {
      const decider = reactionDecider(process, ref.instance, input, cause.firedAt);
      try {
        const recorded = await execute(decider as never, ref, inputData(input), cause);
        // A repeat gets the state of that time: what is open now, the log knows.
        return recorded.repeated ? { ...recorded, state: await look(ref) } : recorded;
      } catch (error) {
        // Another instance recorded another result of the same step first: that one holds.
        const isTaken = error instanceof DomainError && error.code === 'idempotency_key_reused';
        if (!isTaken) throw error;
        return { state: await look(ref), repeated: true };
      }
    },
    async stuck(ref, { step, reason, attempts }) {
      const id = processId(process.name, ref.instance);
      const failure = { step, reason: reason.slice(0, MAX_REASON_LENGTH), attempts };
      await execute(stuckDecider(process.name, ref.instance, failure) as never, ref, failure, {
        commandId: `stuck ${step} ${services.ids.uuid()}`,
        correlationId: id,
        causationId: id,
      });
    },
  };
}
