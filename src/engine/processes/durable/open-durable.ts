import { formatInstant } from '../../../domain/kernel/instant.ts';
import { storeOf } from '../../../domain/kernel/names.ts';
import { createCancelController } from '../../../lib/cancellation.ts';
import type { OpenableProcess, OpenProcess, ProcessServices } from '../process-manager.ts';
import { createAttendance } from './attendance.ts';
import type { DurableProcess, ProcessState } from './durable-process.ts';
import { createSoonTimers } from './timers.ts';

/** Steps that wait for their turn, beyond which no further event is reacted to. */
const MAX_WAITING_STEPS = 5_000;
const MAX_CONCURRENT_REACTIONS = 64;
/** How often the read model of processes is asked for what is due. */
const POLL_MS = 5_000;
const BACK_PRESSURE_MS = 20;
const UNREADABLE = 'due processes could not be read; reading them again later';

/** A process manager whose instances have streams of their own. */
export interface DurableProcessManager extends OpenableProcess {
  readonly durable: DurableProcess;
}

/** Makes a process manager of a process with a memory. It starts at the head of the log. */
export function durable<State extends ProcessState>(
  definition: DurableProcess<State>,
): DurableProcessManager {
  // Its state is what its own reactions recorded.
  const process = definition as unknown as DurableProcess;
  const { name, categories, eventTypes } = process;
  return {
    name,
    categories,
    eventTypes,
    startAt: 'head',
    durable: process,
    open: (services, stopping) => openDurable(process, services, stopping),
  };
}

function openDurable(
  process: DurableProcess,
  services: ProcessServices,
  stopping: AbortSignal,
): OpenProcess {
  const { clock, logger } = services;
  // Many steps wait at once, more than a signal of the platform likes as listeners.
  const ended = createCancelController();
  const timers = createSoonTimers();
  let wake = createCancelController();
  const attendance = createAttendance({
    process,
    services,
    stopping: ended,
    onTimers(ref, set) {
      const now = clock.now();
      timers.schedule(ref, set, now + POLL_MS * 2);
      if (timers.nextMs() <= now + POLL_MS) wake.cancel();
    },
  });

  /** What this instance does not know of: set long ago, or left by one that stopped. */
  async function poll(): Promise<void> {
    const before = formatInstant(clock.now() + POLL_MS);
    try {
      for (const ref of await services.dueInstances(process.name, before)) attendance.resume(ref);
    } catch (error) {
      logger.debug({ process: process.name, error: String(error) }, UNREADABLE);
    }
  }

  async function keepPolling(): Promise<void> {
    let nextPoll = 0;
    while (!stopping.aborted) {
      wake = createCancelController();
      if (clock.now() >= nextPoll) {
        await poll();
        nextPoll = clock.now() + POLL_MS;
      }
      for (const ref of timers.takeDue(clock.now())) attendance.resume(ref);
      await clock.sleep(Math.max(1, Math.min(nextPoll, timers.nextMs()) - clock.now()), wake);
    }
  }

  return {
    maxConcurrent: MAX_CONCURRENT_REACTIONS,
    timers: () => attendance.timers(),
    keyOf: (event) => `${storeOf(event.stream)}.${process.correlate(event) ?? ''}`,
    async react(event) {
      const instance = process.correlate(event);
      if (instance === undefined) return;
      while (attendance.waiting() > MAX_WAITING_STEPS && !stopping.aborted) {
        await clock.sleep(BACK_PRESSURE_MS, ended);
      }
      const ref = { storeId: storeOf(event.stream), instance };
      const { correlationId } = event.metadata;
      const cause = { commandId: `event ${event.id}`, correlationId, causationId: event.id };
      await attendance.react(ref, { kind: 'event', event }, cause);
    },
    async run() {
      const onStop = () => {
        ended.cancel();
        wake.cancel();
      };
      stopping.addEventListener('abort', onStop);
      try {
        await keepPolling();
      } finally {
        stopping.removeEventListener('abort', onStop);
      }
      ended.cancel();
      await attendance.settled();
    },
  };
}
