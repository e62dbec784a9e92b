import {
  type PlannedStep,
  processId,
  type Timer,
} from '../../../domain/kernel/processes/events.ts';
import type { CancelSignal } from '../../../lib/cancellation.ts';
import { createPriorityTurns } from '../../../lib/priority-turns.ts';
import { createTasks } from '../../../lib/tasks.ts';
import type { ProcessServices } from '../process-manager.ts';
import type { DurableProcess, ProcessInput } from './durable-process.ts';
import type { InstanceState } from './instance-state.ts';
import { createOverdueTimers, type TimerReport } from './overdue-timers.ts';
import { type Cause, createInstanceRecords, type InstanceRef } from './records.ts';
import { createResumption, splitTimers } from './resumption.ts';
import { createStepRunner } from './step-runner.ts';

/** Steps of one process that are carried out at once. */
const MAX_RUNNING_STEPS = 64;
const INITIAL_PAUSE_MS = 50;
const QUIET_RETRIES = 5;
const MAX_PAUSE_MS = 10_000;
/** Pause of a stuck step before it is tried again. */
const STUCK_PAUSE_MS = 60_000;

export interface AttendanceOptions {
  readonly process: DurableProcess;
  readonly services: ProcessServices;
  readonly stopping: CancelSignal;
  /** Called with the timers of each instance as they are now. */
  readonly onTimers: (ref: InstanceRef, timers: readonly Timer[]) => void;
}

/** Does what is open in the instances of one process. Each method may be called at any time. */
export interface Attendance {
  /** Records the reaction to an input, then carries out what follows. @throws when it cannot. */
  react(ref: InstanceRef, input: ProcessInput, cause: Cause): Promise<void>;
  /** Reads an instance from the log, fires its due timers and resumes its open steps. */
  resume(ref: InstanceRef): void;
  /** Steps that wait for their turn. */
  waiting(): number;
  timers(): TimerReport;
  /** Resolves when nothing runs any more. */
  settled(): Promise<void>;
}

export function createAttendance(options: AttendanceOptions): Attendance {
  const { process, services, stopping, onTimers } = options;
  const { clock, ids, logger } = services;
  const records = createInstanceRecords(process, services);
  const turns = createPriorityTurns(MAX_RUNNING_STEPS);
  const running = new Set<string>();
  const overdue = createOverdueTimers();
  const stuckUntil = new Map<string, number>();
  const pause = (attempt: number) => {
    const ms = Math.min(INITIAL_PAUSE_MS * 2 ** attempt, MAX_PAUSE_MS) * (0.5 + ids.random());
    return clock.sleep(ms, stopping);
  };
  const runStep = createStepRunner({ process, services, stopping, turns, pause });

  const untilDone = (work: () => Promise<void>) => retryUntilDone(work, { pause, ...options });
  const tasks = createTasks((error) => {
    const fields = { process: process.name, error: String(error) };
    logger.warn(fields, 'work of a process failed; it is resumed later');
  });

  async function react(ref: InstanceRef, input: ProcessInput, cause: Cause): Promise<void> {
    attend(ref, (await records.react(ref, input, cause)).state);
  }

  async function finish(ref: InstanceRef, planned: PlannedStep, state: InstanceState) {
    const { step } = planned;
    const key = keyOf(ref, step);
    const outcome = await runStep(ref, planned, state);
    if (outcome === 'stopping') return;
    if ('input' in outcome) {
      const cause = causeOf(process.name, ref, state, `result ${step}`);
      await untilDone(() => react(ref, outcome.input, cause));
      stuckUntil.delete(key);
      return;
    }
    stuckUntil.set(key, clock.now() + STUCK_PAUSE_MS);
    await untilDone(() => records.stuck(ref, { step, ...outcome }));
  }

  function attend(ref: InstanceRef, state: InstanceState): void {
    onTimers(ref, state.timers);
    carryOut(ref, state);
  }

  function carryOut(ref: InstanceRef, state: InstanceState): void {
    overdue.set(ref, splitTimers(state, clock.now()).due);
    for (const planned of state.openSteps) {
      const key = keyOf(ref, planned.step);
      const isStuck = state.stuckSteps.includes(planned.step);
      const rests = isStuck && (stuckUntil.get(key) ?? 0) > clock.now();
      if (rests || running.has(key) || stopping.aborted) continue;
      running.add(key);
      tasks.start(() => finish(ref, planned, state).finally(() => running.delete(key)));
    }
  }

  async function resume(ref: InstanceRef): Promise<void> {
    const state = await records.look(ref);
    const { due, later } = splitTimers(state, clock.now());
    // What is due fires now, and once: until that is recorded it is not taken for due again.
    onTimers(ref, later);
    carryOut(ref, state);
    for (const { name, dueAt } of due) {
      // It may be set for the same moment again: the event before it distinguishes them.
      const commandId = `timer ${name} ${dueAt} ${state.lastEventId}`;
      const cause = causeOf(process.name, ref, state, commandId);
      await react(ref, { kind: 'timer', name }, { ...cause, firedAt: dueAt });
      overdue.fired(ref, name);
    }
  }

  return {
    react,
    resume: createResumption(resume, options, tasks),
    waiting: () => turns.waiting(),
    timers: () => overdue.report(),
    settled: () => tasks.settled(),
  };
}

function keyOf({ storeId, instance }: InstanceRef, step: string): string {
  return `${storeId}.${instance} ${step}`;
}

function causeOf(
  process: string,
  { instance }: InstanceRef,
  state: InstanceState,
  commandId: string,
): Cause {
  const id = processId(process, instance);
  const { correlationId = id, lastEventId = id } = state;
  return { commandId, correlationId, causationId: lastEventId };
}

/** Repeats what must succeed, until it does or the engine stops. */
async function retryUntilDone(
  work: () => Promise<void>,
  {
    process,
    services,
    stopping,
    pause,
  }: Pick<AttendanceOptions, 'process' | 'services' | 'stopping'> & {
    readonly pause: (attempt: number) => Promise<void>;
  },
): Promise<void> {
  for (let attempt = 0; !stopping.aborted; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      const fields = { process: process.name, attempt, error: String(error) };
      // Storage that fails for a moment is no news; a reaction that cannot be recorded is.
      const level = attempt < QUIET_RETRIES ? 'debug' : 'error';
      services.logger[level](fields, 'process could not record its reaction; retrying');
      await pause(attempt);
    }
  }
}
