import type { AppendedEvent } from '../../../domain/kernel/event.ts';
import type {
  Ending,
  PlannedStep,
  ProcessEvent,
  ProcessPriority,
  Timer,
} from '../../../domain/kernel/processes/events.ts';
import type { ProcessState } from './durable-process.ts';

/** A process as its own stream has it. */
export interface InstanceState {
  /** Undefined before its first reaction. */
  readonly state: ProcessState | undefined;
  /** How far it is, and what it waits for, as its latest reaction said. */
  readonly stage: string;
  readonly waitsFor: string | undefined;
  /** Planned steps without a result. */
  readonly openSteps: readonly PlannedStep[];
  /** Names of all steps that were ever planned. */
  readonly plannedSteps: readonly string[];
  readonly timers: readonly Timer[];
  readonly priority: ProcessPriority;
  /** Steps that an operator should look at. */
  readonly stuckSteps: readonly string[];
  readonly ended: Ending | undefined;
  /** Of the event that began it. */
  readonly correlationId: string | undefined;
  /** The newest event of its stream. */
  readonly lastEventId: string | undefined;
}

export const NO_INSTANCE: InstanceState = {
  state: undefined,
  stage: 'started',
  waitsFor: undefined,
  openSteps: [],
  plannedSteps: [],
  timers: [],
  priority: 'medium',
  stuckSteps: [],
  ended: undefined,
  correlationId: undefined,
  lastEventId: undefined,
};

/** An event with what is known beside its data, as the command engine folds it. */
type Stored = ProcessEvent & Partial<Pick<AppendedEvent, 'id' | 'metadata'>>;

export function evolveInstance(instance: InstanceState, event: Stored): InstanceState {
  return {
    ...evolve(instance, event),
    correlationId: instance.correlationId ?? event.metadata?.correlationId,
    lastEventId: event.id,
  };
}

function evolve(instance: InstanceState, event: ProcessEvent): InstanceState {
  switch (event.type) {
    case 'ProcessReacted': {
      const { input, state, stage, waitsFor, planned, timers, priority, ended } = event.data;
      const isResult = input.kind === 'accepted' || input.kind === 'refused';
      const isOther = ({ step }: PlannedStep) => !isResult || step !== input.id;
      return {
        ...instance,
        state,
        stage,
        waitsFor,
        openSteps: [...instance.openSteps.filter(isOther), ...planned],
        plannedSteps: [...instance.plannedSteps, ...planned.map(({ step }) => step)],
        timers,
        priority,
        stuckSteps: instance.stuckSteps.filter((step) => !isResult || step !== input.id),
        ended: ended ?? instance.ended,
      };
    }
    case 'ProcessStuck':
      return { ...instance, stuckSteps: [...instance.stuckSteps, event.data.step] };
    case 'ProcessRetried':
      return { ...instance, stuckSteps: [] };
    case 'ProcessEnabled':
      return instance;
    // A version that knows more events than this one has its own fold.
    default:
      return instance;
  }
}
