import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { Category } from '../../../domain/kernel/names.ts';
import type {
  Ending,
  PlannedStep,
  ProcessPriority,
} from '../../../domain/kernel/processes/events.ts';
import type { ProcessServices } from '../process-manager.ts';

/** What the processes of a feature remember: plain JSON without personal data. */
export type ProcessState = Readonly<Record<string, unknown>>;

/** What a process reacts to. */
export type ProcessInput =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'timer'; readonly name: string }
  /** A step was carried out. `result` is what its handler returned. */
  | { readonly kind: 'accepted'; readonly step: string; readonly result: StepResult }
  /** The rules refused a step, finally. */
  | {
      readonly kind: 'refused';
      readonly step: string;
      readonly code: string;
      readonly message: string;
    }
  /** An operator wants it to end, with everything put back. */
  | { readonly kind: 'cancel' };

/** Plain JSON, small: it is part of what a reaction is decided on. */
export type StepResult = Readonly<Record<string, unknown>>;

/** What a process knows beside its state. */
export interface ReactionContext {
  readonly storeId: string;
  readonly instance: string;
  readonly nowMs: number;
}

/** What follows from an input. */
export interface Reaction<State extends ProcessState> {
  readonly state: State;
  /** How far it is, as operators see it. */
  readonly stage: string;
  /** What it waits for, in words. */
  readonly waitsFor?: string;
  /** Steps to carry out, side by side. The name of a step is used once in an instance. */
  readonly steps?: readonly PlannedStep[];
  /** Timers to set; one of the same name is replaced. */
  readonly setTimers?: readonly { readonly name: string; readonly afterMs: number }[];
  readonly cancelTimers?: readonly string[];
  /** It is done. Its timers are cancelled; results of steps that are not done still arrive. */
  readonly ended?: Ending;
}

/** A step to carry out, and for which process. */
export interface StepRequest {
  readonly storeId: string;
  readonly instance: string;
  readonly step: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** The same for every attempt: the id of a command, or the key for a provider. */
  readonly stepId: string;
  readonly correlationId: string;
  /** The event that planned it. */
  readonly causationId: string;
}

/**
 * Carries out a step. It may run again after a crash, and must then change nothing more.
 * @throws RefusedError, NotFoundError or DomainError for a final refusal; anything else, and what
 *   is retryable, is tried again.
 */
export type StepHandler = (request: StepRequest, services: ProcessServices) => Promise<StepResult>;

/**
 * A process with a memory. `react` is pure: what it decides is an event of the process's own
 * stream before any of its steps is carried out, so that a crash loses nothing and a later version
 * of `react` never decides again what was decided.
 */
export interface DurableProcess<State extends ProcessState = ProcessState> {
  readonly name: string;
  readonly categories: readonly Category[];
  readonly eventTypes: readonly string[];
  /** The instance that an event concerns; undefined: none. */
  correlate(event: RecordedEvent): string | undefined;
  readonly initialState: State;
  /** Undefined: the input means nothing to it. */
  react(state: State, input: ProcessInput, context: ReactionContext): Reaction<State> | undefined;
  priority?(state: State): ProcessPriority;
  /** The handlers of its steps, by kind. */
  readonly handlers: Readonly<Record<string, StepHandler>>;
}
