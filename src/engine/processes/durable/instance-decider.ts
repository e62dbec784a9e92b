import type { Command, CommandContext } from '../../../domain/kernel/decider.ts';
import { DomainError, NotFoundError } from '../../../domain/kernel/errors.ts';
import { formatInstant, parseInstant } from '../../../domain/kernel/instant.ts';
import { invariant } from '../../../domain/kernel/invariant.ts';
import {
  MAX_OPEN_STEPS,
  MAX_TIMERS,
  PROCESS_CATEGORY,
  type ProcessEvent,
  type ProcessReacted,
  type Timer,
} from '../../../domain/kernel/processes/events.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { AnyDeciderOf } from '../../commands/command-engine.ts';
import type { DurableProcess, ProcessInput, ProcessState, Reaction } from './durable-process.ts';
import { evolveInstance, type InstanceState, NO_INSTANCE } from './instance-state.ts';

type Decider = AnyDeciderOf<InstanceState, Command, ProcessEvent>;

/** A process that is about a long stream reacts to each of its events, and to what follows. */
const MAX_PROCESS_EVENTS = 30_000;

const FOLD = {
  maxEvents: MAX_PROCESS_EVENTS,
  category: PROCESS_CATEGORY,
  version: 2,
  initialState: NO_INSTANCE,
  evolve: evolveInstance,
} as const;

/** How an instance is read; what it decides depends on its process and the input. */
export const INSTANCE: Decider = { ...FOLD, decide: () => [] };

/** What an input is called in the stream. A timer is named with its time: it fires once. */
export function inputData(input: ProcessInput): ProcessReacted['data']['input'] {
  switch (input.kind) {
    case 'event':
      return { kind: 'event', id: input.event.id, type: input.event.type };
    case 'timer':
      return { kind: 'timer', id: input.name };
    case 'accepted':
      return { kind: 'accepted', id: input.step };
    case 'refused':
      return { kind: 'refused', id: input.step, type: input.code };
    case 'cancel':
      return { kind: 'cancel', id: 'cancel' };
  }
}

/** Decides what a process does about an input. Inputs that are out of date yield no event. */
export function reactionDecider(
  process: DurableProcess,
  instance: string,
  input: ProcessInput,
  firedAt?: string,
): Decider {
  return {
    ...FOLD,
    decide(_command, current, { storeId, now }: CommandContext) {
      if (isOutdated(input, current, firedAt)) return [];
      const nowMs = parseInstant(now) ?? 0;
      const state = current.state ?? process.initialState;
      const reaction = process.react(state, input, { storeId, instance, nowMs });
      const isExpected = input.kind === 'event' || input.kind === 'cancel';
      if (reaction === undefined && isExpected) return [];
      const { stage, waitsFor } = current;
      // A result that means nothing to it is noted, and it stays where it is.
      const same = { state, stage, ...omitUndefined({ waitsFor }) };
      return [reacted(process, instance, input, current, reaction ?? same, nowMs)];
    },
  };
}

function isOutdated(input: ProcessInput, current: InstanceState, firedAt?: string): boolean {
  if (input.kind === 'timer') {
    const { name } = input;
    return !current.timers.some((timer) => timer.name === name && timer.dueAt === firedAt);
  }
  if (input.kind === 'accepted' || input.kind === 'refused') {
    return !current.openSteps.some(({ step }) => step === input.step);
  }
  return false;
}

function reacted(
  process: DurableProcess,
  instance: string,
  input: ProcessInput,
  current: InstanceState,
  reaction: Reaction<ProcessState>,
  nowMs: number,
): ProcessReacted {
  const { state, stage, waitsFor, steps = [], ended } = reaction;
  for (const { step, kind } of steps) {
    const isNew = !current.plannedSteps.includes(step);
    invariant(isNew, 'a step of a process to be planned once', { process: process.name, step });
    invariant(kind in process.handlers, 'a step with a handler', { process: process.name, kind });
  }
  const timers = timersAfter(input, current.timers, reaction, nowMs);
  const openSteps = current.openSteps.length + steps.length;
  invariant(openSteps <= MAX_OPEN_STEPS, `at most ${MAX_OPEN_STEPS} open steps`, { openSteps });
  invariant(timers.length <= MAX_TIMERS, `at most ${MAX_TIMERS} timers`, {
    timers: timers.length,
  });
  return {
    type: 'ProcessReacted',
    data: {
      process: process.name,
      instance,
      input: inputData(input),
      stage,
      ...(waitsFor !== undefined && { waitsFor }),
      state,
      planned: [...steps],
      timers,
      priority: process.priority?.(state) ?? 'medium',
      ...(ended !== undefined && { ended }),
    },
  };
}

function timersAfter(
  input: ProcessInput,
  current: readonly Timer[],
  { setTimers = [], cancelTimers = [], ended }: Reaction<ProcessState>,
  nowMs: number,
): Timer[] {
  if (ended !== undefined) return [];
  const gone = new Set([...cancelTimers, ...setTimers.map(({ name }) => name)]);
  if (input.kind === 'timer') gone.add(input.name);
  return [
    ...current.filter(({ name }) => !gone.has(name)),
    ...setTimers.map(({ name, afterMs }) => ({
      name,
      dueAt: formatInstant(nowMs + afterMs),
    })),
  ];
}

/** Records that a step fails again and again; once until an operator retries it. */
export function stuckDecider(
  process: string,
  instance: string,
  failure: { readonly step: string; readonly reason: string; readonly attempts: number },
): Decider {
  return {
    ...FOLD,
    decide(_command, current) {
      const isOpen = current.openSteps.some(({ step }) => step === failure.step);
      if (!isOpen || current.stuckSteps.includes(failure.step)) return [];
      return [{ type: 'ProcessStuck', data: { process, instance, ...failure } }];
    },
  };
}

/** An operator has the open steps tried again at once. */
export function retryDecider(process: string, instance: string): Decider {
  return {
    ...FOLD,
    decide(_command, current) {
      assertExists(current, process, instance);
      if (current.openSteps.length === 0) {
        const message = `${process} of ${instance} has no step to retry`;
        throw new DomainError('process_not_waiting', message, { process, instance });
      }
      return [{ type: 'ProcessRetried', data: { process, instance } }];
    },
  };
}

/** An operator ends a process: what it does then is its own reaction. */
export function cancelDecider(process: DurableProcess, instance: string): Decider {
  const react = reactionDecider(process, instance, { kind: 'cancel' });
  return {
    ...FOLD,
    decide(command, current, context) {
      assertExists(current, process.name, instance);
      const events = current.ended === undefined ? react.decide(command, current, context) : [];
      if (events.length > 0) return events;
      const message = `${process.name} of ${instance} has ended, or is past the point of return`;
      throw new DomainError('process_not_cancellable', message, { instance });
    },
  };
}

/** @throws NotFoundError process_not_found */
function assertExists({ state }: InstanceState, process: string, instance: string): void {
  if (state !== undefined) return;
  throw new NotFoundError('process_not_found', `there is no ${process} of ${instance}`);
}
